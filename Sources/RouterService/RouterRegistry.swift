internal import Logging
internal import Postgres
internal import ResourceModel
internal import ServiceRuntime

/// What can be done with routers.
///
/// A method that changes something asks NetworkService first (reads and port reservations, outside of any lock), and
/// then decides again, under the router's row lock, on what is true by then. When that differs from what it had
/// decided before, it begins anew.
struct RouterRegistry: Sendable {
    let store: RouterStore
    let networks: any NetworkDirectory
    let keeper: PortKeeper
    let quotas: QuotaDefaults

    /// How long a call decides again and again before it gives up.
    private static let patience = Duration.seconds(5)

    /// Runs the body again as long as the world moves under it, or another change of the same port is under way.
    func insisting<Answer: Sendable>(_ body: () async throws -> Answer) async throws -> Answer {
        let deadline = ContinuousClock.now + Self.patience
        var backoff = Backoff(first: .milliseconds(10), longest: .milliseconds(200))
        while true {
            do {
                return try await body()
            } catch is Moved {
                guard ContinuousClock.now < deadline else {
                    throw RouterError.busy("too many changes of this router at once, try again")
                }
                try await Task.sleep(for: backoff.nextDelay())
            }
        }
    }

    /// The router, for one who may see it.
    func get(_ text: String, as context: RequestContext) async throws -> RouterView {
        let id = try Self.id(text)
        guard let view = try await store.run({ try await $0.view(id) }),
            context.owns(projectID: view.router.projectID)
        else { throw RouterError.routerNotFound(text) }
        return view
    }

    /// What the caller may see of what the query names.
    func list(_ query: ListQuery, as context: RequestContext) async throws -> Page<RouterView> {
        try await store.run { try await $0.views(query, ofProject: context.isAdmin ? nil : context.projectID) }
    }

    /// The router with what is attached to it, for one who may change it.
    func writable(_ text: String, as context: RequestContext) async throws -> Topology {
        let id = try Self.id(text)
        let topology = try await store.run { try await $0.topology(id) }
        return try Self.requireWritable(topology, text, as: context)
    }

    /// The same, locked.
    func writable(_ id: RouterID, as context: RequestContext, in transaction: Transaction) async throws -> Topology {
        try Self.requireWritable(try await transaction.topologyForUpdate(id), id.description, as: context)
    }

    private static func requireWritable(
        _ topology: Topology?,
        _ text: String,
        as context: RequestContext
    ) throws(RouterError) -> Topology {
        guard let topology, context.owns(projectID: topology.router.projectID) else { throw .routerNotFound(text) }
        guard context.canWrite else { throw .notAuthorized("router \(text) is not yours to change") }
        return topology
    }

    static func id(_ text: String) throws(RouterError) -> RouterID {
        guard let id = RouterID(text) else { throw .routerNotFound(text) }
        return id
    }

    /// Writes a changed router with its next revision, finds it a place if it has none, and tells its agent.
    func save(_ router: inout Router, in transaction: Transaction) async throws {
        let before = router.agentID
        if before == nil { router.agentID = try await transaction.agentForPlacement(of: router) }
        try await transaction.update(&router)
        try await store.announce(router, before: before, in: transaction)
    }
}
