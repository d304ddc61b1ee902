internal import Logging
internal import Postgres
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime

/// Follows NetworkService's changes and keeps the copies of networks, subnets and routers' ports true.
///
/// One replica at a time follows, by a lease it renews while events or progress arrive. Two at once would do no harm:
/// an older revision never replaces a newer one.
struct NetworkFollower: Service {
    let store: RouterStore
    let changes: any NetworkChangesDirectory
    let logger: Logger
    var interval: Duration = .seconds(1)
    var lease: Duration = .seconds(15)
    private let name = "network"
    private let holder = ID<NetworkKind>.random().description

    init(store: RouterStore, changes: any NetworkChangesDirectory, logger: Logger) {
        self.store = store
        self.changes = changes
        self.logger = logger
    }

    func run() async throws {
        try await repeating(every: interval, named: "following networks", logger: logger) {
            guard let position = try await lead() else { return }
            do {
                try await follow(from: position)
            } catch is LeaseLost {
                // Another replica follows now.
            } catch is PositionLost {
                try await store.run { try await $0.notePosition("", of: name) }
            }
        }
    }

    private func lead() async throws -> String? {
        try await store.run { try await $0.lead(name, as: holder, for: lease) }
    }

    /// Follows from a position while the lease holds.
    private func follow(from position: String) async throws {
        let begin = try await store.run { try await $0.now() }
        let pass = FollowingPass(isSnapshot: position.isEmpty, begin: begin, store: store, name: name)
        let (lease, lead) = (lease, lead)
        try await changes.follow(from: position) { event in
            try await pass.take(event)
            guard await pass.isRenewalDue(every: lease / 5) else { return }
            guard try await lead() != nil else { throw LeaseLost() }
        }
    }
}

/// Another replica took the lease over.
private struct LeaseLost: Error {}

/// One run through the stream of changes.
private actor FollowingPass {
    /// Whether what arrives is still the snapshot, which names all there is.
    private var isSnapshot: Bool
    private var renewed = ContinuousClock.now
    /// Of the snapshot, what has been read and not yet written.
    private var pending: [NetworkEvent] = []
    private let begin: PostgresTimestamp
    private let store: RouterStore
    private let name: String

    init(isSnapshot: Bool, begin: PostgresTimestamp, store: RouterStore, name: String) {
        self.isSnapshot = isSnapshot
        self.begin = begin
        self.store = store
        self.name = name
    }

    func isRenewalDue(every interval: Duration) -> Bool {
        guard ContinuousClock.now - renewed > interval else { return false }
        renewed = .now
        return true
    }

    func take(_ event: NetworkEvent) async throws {
        switch event {
        case .synced(let position):
            try await finishSnapshot()
            try await note(position)
        case .progress(let position):
            try await note(position)
        default:
            pending.append(event)
            if !isSnapshot || pending.count >= Self.batch { try await write() }
        }
    }

    /// How much of a snapshot goes into one transaction; a change afterwards has one of its own.
    private static let batch = 200

    private func write() async throws {
        let (events, isSnapshot, store) = (pending, isSnapshot, store)
        pending = []
        try await store.write { try await store.absorb(events, isSnapshot: isSnapshot, in: $0) }
    }

    private func finishSnapshot() async throws {
        guard isSnapshot else { return }
        try await write()
        let begin = begin
        try await store.write { try await $0.forgetUnseen(since: begin) }
        isSnapshot = false
    }

    private func note(_ position: String) async throws {
        let name = name
        try await store.run { try await $0.notePosition(position, of: name) }
    }
}

extension RouterStore {
    /// Takes events over into the copies; those of a snapshot name what there is.
    func absorb(_ events: [NetworkEvent], isSnapshot: Bool, in transaction: Transaction) async throws {
        for event in events { try await absorb(event, in: transaction) }
        guard isSnapshot else { return }
        // Afterwards and of all: one that was no news may have been written meanwhile, in a transaction that began
        // before the snapshot.
        try await transaction.touch(
            networks: events.compactMap { if case .network(let network) = $0 { network.id } else { nil } },
            subnets: events.compactMap { if case .subnet(let subnet) = $0 { subnet.id } else { nil } },
            ports: events.compactMap { if case .port(let port) = $0 { port.id } else { nil } }
        )
    }

    private func absorb(_ event: NetworkEvent, in transaction: Transaction) async throws {
        switch event {
        case .network(let network): try await absorb(network, in: transaction)
        case .subnet(let subnet): try await absorb(subnet, in: transaction)
        case .port(let port):
            // While a change of its addresses is under way, that change's outcome is what counts; it brings the port.
            guard try await !transaction.isChanging(port.id) else { return }
            try await absorb(port, in: transaction)
        case .networkGone(let id): try await transaction.forget(network: id)
        case .subnetGone(let id): try await transaction.forget(subnet: id)
        case .portGone(let id): try await transaction.forget(port: id)
        case .synced, .progress: break
        }
    }
}
