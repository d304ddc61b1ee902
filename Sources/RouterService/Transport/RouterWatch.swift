internal import ChangeFeed
internal import Contracts
internal import GRPCCore
internal import Postgres
internal import ResourceModel
internal import SwiftProtobuf

/// Tells an agent of its routers: what is, then what changes.
struct RouterWatch: Sendable {
    let store: RouterStore

    /// How many routers are read at a time, and how many changes are gathered at most before they are told.
    private static let batch = 200

    /// Sends until the task is cancelled or the feed is no longer to be followed.
    ///
    /// - Parameters:
    ///   - agent: Whose routers.
    ///   - position: Where to continue; empty begins with a snapshot.
    ///   - send: Sends one event.
    /// - Throws: `agentNotFound`; OUT_OF_RANGE when the position was compacted; what `send` throws.
    func run(
        _ agent: AgentID,
        from position: String,
        _ send: (Wire.RouterEvent) async throws -> Void
    ) async throws {
        guard try await store.run({ try await $0.agent(agent) }) != nil else {
            throw RouterError.agentNotFound(agent.description)
        }
        do {
            if position.isEmpty {
                let start = try await sendSnapshot(of: agent, send)
                try await follow(agent, from: start, syncedAt: nil, send)
            } else {
                let start = try FeedPosition(position)
                let now = try await store.run { _ in try await store.feed.withSnapshot { _, position in position } }
                try await follow(agent, from: start, syncedAt: now, send)
            }
        } catch let error as ChangeFeedError {
            throw Self.status(of: error)
        }
    }

    /// The ids are of one moment, each router's state of that moment or later: what changes after it is told again.
    private func sendSnapshot(
        of agent: AgentID,
        _ send: (Wire.RouterEvent) async throws -> Void
    ) async throws -> FeedPosition {
        let (ids, position) = try await store.run { _ in
            try await store.feed.withSnapshot { transaction, position in
                (try await transaction.routerIDs(on: agent), position)
            }
        }
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            let some = Array(ids[start..<min(start + Self.batch, ids.count)])
            for router in try await states(some, on: agent) { try await send(.with { $0.upserted = router.wire }) }
        }
        try await send(.with { $0.synced.position = position.description })
        return position
    }

    /// Changes are gathered up to the next progress, so that many routers that move at once are read at once.
    private func follow(
        _ agent: AgentID,
        from position: FeedPosition,
        syncedAt end: FeedPosition?,
        _ send: (Wire.RouterEvent) async throws -> Void
    ) async throws {
        let scope = agent.description
        var end = end
        var gathered: [RouterID: FeedEntry] = [:]
        for try await event in store.feed.watch(from: position) {
            switch event {
            case .entry(let entry):
                guard entry.scope == scope, entry.kind == RouterStore.routerKind else { continue }
                gathered[entry.id(of: RouterKind.self)] = entry
                if gathered.count < Self.batch { continue }
                try await tell(&gathered, to: agent, send)
            case .progress(let position):
                try await tell(&gathered, to: agent, send)
                // The backlog is what had happened when the watch began.
                if let end, position < end { continue }
                let wire = Wire.Position.with { $0.position = position.description }
                try await send(.with { $0.event = end == nil ? .progress(wire) : .synced(wire) })
                end = nil
            }
        }
    }

    private func tell(
        _ gathered: inout [RouterID: FeedEntry],
        to agent: AgentID,
        _ send: (Wire.RouterEvent) async throws -> Void
    ) async throws {
        guard !gathered.isEmpty else { return }
        let changed = gathered
        gathered = [:]
        let states = try await states(Array(changed.keys), on: agent)
        for state in states { try await send(.with { $0.upserted = state.wire }) }
        let present = Set(states.map(\.router.id))
        // One that is neither here nor deleted left after its entry: the entry of that comes next.
        for (id, entry) in changed where entry.isDeleted && !present.contains(id) {
            try await send(
                .with {
                    $0.deleted.id = id.description
                    $0.deleted.revisionNumber = entry.revision
                }
            )
        }
    }

    /// Routers with all that is attached, as of one moment.
    private func states(_ ids: [RouterID], on agent: AgentID) async throws -> [NodeRouter] {
        try await store.run { database in
            try await database.withTransaction(.snapshot) { transaction in
                try await transaction.nodeRouters(try await transaction.routers(ids, on: agent))
            }
        }
    }

    private static func status(of error: ChangeFeedError) -> any Error {
        switch error {
        case .compacted, .fellBehind, .invalidPosition:
            RPCError(code: .outOfRange, message: "\(error); start anew without a position")
        case .database(let error):
            RouterError(error) ?? error
        case .closed:
            RouterError.databaseAway(error.description)
        }
    }
}
