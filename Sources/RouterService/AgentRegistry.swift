internal import Logging
internal import Postgres
internal import ResourceModel

/// Node agents: their leases, their routers, and what administrators do with them.
struct AgentRegistry: Sendable {
    let store: RouterStore
    let desk: PlacementDesk
    let lease: Duration
    let logger: Logger

    /// An agent starts: it gets a lease, and routers that have been waiting for a place.
    func register(_ registration: AgentRegistration, as context: RequestContext) async throws -> AgentID {
        try Self.requireProgram(context)
        let id = AgentID.agent(on: registration.host)
        try await store.write { try await $0.register(registration, as: id, lease: lease) }
        logger.info(
            "an agent registered",
            metadata: [Telemetry.agent: "\(id)", Telemetry.host: "\(registration.host)"]
        )
        _ = try await desk.placeAll()
        return id
    }

    /// Renews the lease; answers whether the agent is enabled.
    func heartbeat(_ id: AgentID, load: AgentLoad, as context: RequestContext) async throws -> Bool {
        try Self.requireProgram(context)
        guard let isEnabled = try await store.run({ try await $0.heartbeat(id, load: load, lease: lease) }) else {
            throw RouterError.agentNotFound(id.description)
        }
        return isEnabled
    }

    /// Takes over what a node made of its routers.
    ///
    /// Reports about routers it does not host are ignored.
    func report(_ reports: [NodeReport], from id: AgentID, as context: RequestContext) async throws {
        try Self.requireProgram(context)
        guard let agent = try await store.run({ try await $0.agent(id) }) else {
            throw RouterError.agentNotFound(id.description)
        }
        let byRouter = Dictionary(reports.map { ($0.routerID, $0) }) { $0.revision > $1.revision ? $0 : $1 }
        try await store.write { transaction in
            for router in try await transaction.reportedRoutersForUpdate(Array(byRouter.keys), on: id) {
                guard let report = byRouter[router.id] else { continue }
                try await transaction.note(report, host: agent.host)
            }
        }
    }

    /// Refuses everyone but Sluice's own programs.
    static func requireProgram(_ context: RequestContext) throws(RouterError) {
        guard context.roles.contains(.service) else { throw .notAuthorized("only Sluice's own programs may call this") }
    }

    private static func requireAdmin(_ context: RequestContext, _ id: String) throws(RouterError) {
        guard context.isAdmin else { throw .agentNotFound(id) }
    }
}

extension AgentRegistry {
    /// An agent, for administrators.
    func get(_ id: String, as context: RequestContext) async throws -> Agent {
        try Self.requireAdmin(context, id)
        guard let key = AgentID(id), let agent = try await store.run({ try await $0.agent(key) }) else {
            throw RouterError.agentNotFound(id)
        }
        return agent
    }

    /// The agents, for administrators; nobody else sees any.
    func list(_ query: ListQuery, as context: RequestContext) async throws -> Page<Agent> {
        guard context.isAdmin else { return Page(items: [], isFull: false) }
        return try await store.run { try await $0.agents(query) }
    }

    /// Enables, disables or describes an agent.
    ///
    /// A disabled one keeps its routers until they are taken off it.
    func update(
        _ id: String,
        isAdminUp: Bool?,
        description: String?,
        as context: RequestContext
    ) async throws -> Agent {
        let seen = try await get(id, as: context)
        try await store.write { transaction in
            guard var agent = try await transaction.agentForUpdate(seen.id) else { throw RouterError.agentNotFound(id) }
            if let isAdminUp { agent.isAdminUp = isAdminUp }
            if let description { agent.description = try TextRules.checked(description, "description") }
            try await transaction.update(agent)
        }
        _ = try await desk.placeAll()
        return try await get(id, as: context)
    }

    /// Removes an agent; its routers go to others.
    func delete(_ id: String, as context: RequestContext) async throws {
        let seen = try await get(id, as: context)
        try await store.write { transaction in
            guard var agent = try await transaction.agentForUpdate(seen.id) else { throw RouterError.agentNotFound(id) }
            // It is no candidate for the routers that leave it.
            agent.isAdminUp = false
            try await transaction.update(agent)
            let routers = try await transaction.routersForUpdate(on: agent.id)
            _ = try await desk.place(routers, in: transaction)
            let stranded = try await transaction.routersForUpdate(on: agent.id)
            try await desk.move(
                stranded,
                to: Dictionary(uniqueKeysWithValues: stranded.map { ($0.id, nil) }),
                in: transaction
            )
            try await transaction.delete(agent)
        }
    }

    /// The routers that an agent hosts.
    func routers(of id: String, as context: RequestContext) async throws -> [RouterView] {
        let agent = try await get(id, as: context)
        return try await store.run { try await $0.views(on: agent.id) }
    }

    /// The agents that host a router: one, or none.
    func agents(of id: String, as context: RequestContext) async throws -> [Agent] {
        guard context.isAdmin else { throw RouterError.routerNotFound(id) }
        let key = try RouterRegistry.id(id)
        return try await store.run { database in
            guard let router = try await database.router(key) else { throw RouterError.routerNotFound(id) }
            guard let agent = router.agentID else { return [] }
            return try await database.agent(agent).map { [$0] } ?? []
        }
    }

    /// Places a router by hand.
    func add(_ routerID: String, to agentID: String, as context: RequestContext) async throws {
        let seen = try await get(agentID, as: context)
        let key = try RouterRegistry.id(routerID)
        try await store.write { transaction in
            guard let agent = try await transaction.agentForKeyShare(seen.id) else {
                throw RouterError.agentNotFound(agentID)
            }
            guard agent.isAdminUp else { throw RouterError.invalidAgent(agent.id) }
            guard let router = try await transaction.topologyForUpdate(key)?.router else {
                throw RouterError.routerNotFound(routerID)
            }
            if router.agentID == agent.id { return }
            if let other = router.agentID { throw RouterError.hostedByOtherAgent(router.id, other) }
            try await desk.move([router], to: [router.id: agent.id], in: transaction)
        }
    }

    /// Takes a router off an agent by hand.
    ///
    /// From a disabled agent it goes to another at once: that is how a node is drained. From an enabled one it has no
    /// place until it is given one by hand or changed.
    func remove(_ routerID: String, from agentID: String, as context: RequestContext) async throws {
        let agent = try await get(agentID, as: context)
        let key = try RouterRegistry.id(routerID)
        try await store.write { transaction in
            guard let router = try await transaction.topologyForUpdate(key)?.router else {
                throw RouterError.routerNotFound(routerID)
            }
            guard router.agentID == agent.id else { return }
            if !agent.isAdminUp, try await desk.place([router], in: transaction) == 1 { return }
            try await desk.move([router], to: [router.id: nil], held: agent.isAdminUp, in: transaction)
        }
    }

    /// The zones that agents are in, each for routers and for networks, of those that the query names, by name.
    ///
    /// There are few: no paging.
    func zones(_ query: ListQuery) async throws -> [AvailabilityZone] {
        var zones = try await store.run { try await $0.zones() }.flatMap { zone in
            AvailabilityZone.Resource.allCases.map {
                AvailabilityZone(name: zone.name, resource: $0, isAvailable: zone.isAvailable)
            }
        }
        for filter in query.filters {
            switch filter.field {
            case "name": zones.removeAll { !filter.values.contains($0.name) }
            case "state": zones.removeAll { !filter.values.contains($0.state) }
            case "resource": zones.removeAll { !filter.values.contains($0.resource.rawValue) }
            default: throw RouterError.invalidInput("availability zones cannot be filtered by \(filter.field)")
            }
        }
        return zones
    }
}
