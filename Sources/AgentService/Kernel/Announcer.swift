internal import Addressing
internal import Logging
internal import Netlink

/// Tells neighbours of new addresses, on a thread of its own: on a big bridge one frame takes milliseconds.
///
/// Three rounds two seconds apart, since a frame may be lost and some switches need to be told twice.
final class Announcer: Sendable {
    private let rounds = Monitor(AnnouncementRounds<WeakRouter>())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Announces addresses, the first time at once.
    func announce(_ addresses: [DeviceAddress], of router: RouterNamespace) {
        guard !addresses.isEmpty else { return }
        let entries = addresses.map { AnnouncementRounds.Entry(router: WeakRouter(router), address: $0) }
        rounds.update { $0.add(entries, at: .now) }
    }

    /// The thread's loop.
    var service: ThreadService {
        ThreadService(name: "announcer") { [self] in
            while let due = rounds.wait({ $0.next(at: .now) }) {
                let late = due.filter(send)
                if !late.isEmpty { rounds.update { $0.repeatSoon(late, at: .now) } }
            }
        } stop: { [self] in
            rounds.update { $0.close() }
        }
    }

    /// Sends one announcement in both forms; true when it must be repeated.
    private func send(_ entry: AnnouncementRounds<WeakRouter>.Entry) -> Bool {
        // A router that has gone meanwhile announces nothing, and is not kept alive for it.
        guard let router = entry.router.value else { return false }
        do throws(NetlinkError) {
            guard let device = try router.device(named: entry.address.device) else { return false }
            let address = entry.address.address
            let request = Announcement(address, at: device.mac, as: .request)
            if try router.announce(request, on: device.index) { return true }
            guard address.version == .v4 else { return false }
            return try router.announce(Announcement(address, at: device.mac, as: .reply), on: device.index)
        } catch {
            logger.debug(
                "address not announced",
                metadata: [Telemetry.reason: "\(error)", Telemetry.name: "\(router.name)"]
            )
            return false
        }
    }
}

/// A router that may go at any time.
struct WeakRouter: Sendable {
    weak let value: RouterNamespace?

    init(_ router: RouterNamespace) { value = router }
}

/// Which announcements are due when.
struct AnnouncementRounds<Router: Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// One address of one router.
    struct Entry: Sendable {
        var router: Router
        var address: DeviceAddress
        /// How often it is still to be announced.
        var rounds = 3
    }

    /// Entries that are due together, in the order of their time.
    private var batches: [(due: Instant, entries: [Entry])] = []
    private var isClosed = false

    mutating func add(_ entries: [Entry], at now: Instant) { insert(entries, due: now) }

    /// Announces again what receivers were too slow for.
    mutating func repeatSoon(_ entries: [Entry], at now: Instant) { insert(entries, due: now + .milliseconds(200)) }

    /// Nothing is announced any more.
    mutating func close() { isClosed = true }

    /// What is due; nil when closed.
    mutating func next(at now: Instant) -> Monitor<Self>.Finding<[Entry]?> {
        if isClosed { return .ready(nil) }
        guard let first = batches.first else { return .wait(until: nil) }
        guard first.due <= now else { return .wait(until: first.due) }
        batches.removeFirst()
        let left = first.entries.compactMap { entry -> Entry? in
            var entry = entry
            entry.rounds -= 1
            return entry.rounds > 0 ? entry : nil
        }
        if !left.isEmpty { insert(left, due: now + .seconds(2)) }
        return .ready(first.entries)
    }

    private mutating func insert(_ entries: [Entry], due: Instant) {
        let position = batches.firstIndex { $0.due > due } ?? batches.endIndex
        batches.insert((due, entries), at: position)
    }
}
