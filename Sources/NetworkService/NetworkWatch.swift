internal import ChangeFeed
internal import Postgres
internal import ResourceModel

/// What a watcher of networks wants to hear of.
struct NetworkInterest: Sendable {
    /// Ports of these device owners.
    var portOwners: Set<String>
    /// Networks and subnets as well.
    var networks: Bool

    func includes(_ entry: FeedEntry) -> Bool {
        switch entry.kind {
        case FeedKind.port: entry.scope.map(portOwners.contains) ?? false
        default: networks
        }
    }
}

/// What a watcher hears.
enum NetworkEvent: Sendable {
    case network(Network)
    case subnet(Subnet)
    case port(Port)
    case networkDeleted(NetworkID, Revision)
    case subnetDeleted(SubnetID, Revision)
    case portDeleted(PortID, Revision)
    case synced(FeedPosition)
    case progress(FeedPosition)
}

/// Follows the service's state for one watcher.
struct NetworkWatch: Sendable {
    let storage: NetworkStorage
    let interest: NetworkInterest

    /// How many objects of the snapshot are read at a time.
    private static let portion = 500

    /// Sends the state as of one moment, or nothing after `position`, then `synced`, then changes without end.
    ///
    /// - Throws: `ChangeFeedError` when the watcher has to begin anew, and what `send` throws.
    func follow(from position: FeedPosition?, _ send: ([NetworkEvent]) async throws -> Void) async throws {
        var isSynced = true
        let start: FeedPosition
        if let position {
            start = position
            isSynced = false
        } else {
            start = try await snapshot(send)
        }
        for try await event in storage.feed.watch(from: start) {
            switch event {
            case .progress(let reached):
                try await send([isSynced ? .progress(reached) : .synced(reached)])
                isSynced = true
            case .entry(let entry):
                guard interest.includes(entry), let event = try await self.event(of: entry) else { continue }
                try await send([event])
            }
        }
    }

    private func snapshot(_ send: ([NetworkEvent]) async throws -> Void) async throws -> FeedPosition {
        try await storage.feed.withSnapshot { transaction, position in
            let stores = Stores(source: transaction)
            if interest.networks {
                try await portions(of: { try await stores.networks.networks(after: $0, limit: $1) }, id: \.id) {
                    try await send($0.map(NetworkEvent.network))
                }
                try await portions(of: { try await stores.subnets.subnets(after: $0, limit: $1) }, id: \.id) {
                    try await send($0.map(NetworkEvent.subnet))
                }
            }
            let owners = interest.portOwners.sorted()
            if !owners.isEmpty {
                try await portions(
                    of: { try await stores.ports.ports(ofOwners: owners, after: $0, limit: $1) },
                    id: \.id
                ) { try await send($0.map(NetworkEvent.port)) }
            }
            try await send([.synced(position)])
            return position
        }
    }

    private func portions<Object, Key>(
        of read: (Key?, Int) async throws -> [Object],
        id: (Object) -> Key,
        _ send: ([Object]) async throws -> Void
    ) async throws {
        var last: Key?
        while true {
            let objects = try await read(last, Self.portion)
            if !objects.isEmpty { try await send(objects) }
            guard objects.count == Self.portion, let end = objects.last else { return }
            last = id(end)
        }
    }

    /// The object as it is now; nil when it went or changed its owner since, of which another entry tells.
    private func event(of entry: FeedEntry) async throws -> NetworkEvent? {
        switch entry.kind {
        case FeedKind.network:
            if entry.isDeleted { return .networkDeleted(entry.id(), entry.revision) }
            return try await storage.reading.networks.networks([entry.id()]).first.map(NetworkEvent.network)
        case FeedKind.subnet:
            if entry.isDeleted { return .subnetDeleted(entry.id(), entry.revision) }
            return try await storage.reading.subnets.subnets([entry.id()]).first.map(NetworkEvent.subnet)
        case FeedKind.port:
            if entry.isDeleted { return .portDeleted(entry.id(), entry.revision) }
            let port = try await storage.reading.ports.port(entry.id(), visibleTo: .service(named: "network"))
            guard let port, interest.portOwners.contains(port.deviceOwner) else { return nil }
            return .port(port)
        default:
            return nil
        }
    }
}
