internal import Postgres
internal import ResourceModel

extension RouterRegistry {
    /// Makes a router; one with this id that the caller may see is answered as it is.
    func create(_ draft: RouterDraft, as context: RequestContext) async throws -> RouterView {
        guard context.canWrite else { throw RouterError.notAuthorized("routers are not yours to create") }
        let router = try await checked(draft, as: context)
        try draft.gateway?.requirePermission(of: context)
        if let present = try await existing(router, as: context) { return present }
        let topology = Topology(router: router)
        var gateways: PreparedGateways?
        if let wanted = draft.gateway {
            try await requirePlace(inProject: router.projectID)
            gateways = try await prepare(.compatible(wanted), for: topology, as: context)
        }
        do {
            try await keeper.commit(gateways?.prepared ?? []) { transaction in
                try await insert(topology, gateways, in: transaction)
            }
        } catch is Moved {
            // Somebody made the same router meanwhile.
            if let present = try await existing(router, as: context) { return present }
            throw RouterError.busy("router \(router.id) is being removed, try again")
        }
        return try await get(router.id.description, as: context)
    }

    private func insert(_ topology: Topology, _ gateways: PreparedGateways?, in transaction: Transaction) async throws {
        var topology = topology
        topology.router.agentID = try await transaction.agentForPlacement(of: topology.router)
        guard try await transaction.insert(topology.router) else { throw Moved() }
        if let gateways { try await apply(gateways, to: &topology, in: transaction) }
        try topology.requireNDPProxyPossible(on: gateways?.facts.values.first?.network)
        try await store.announce(topology.router, before: nil, in: transaction)
        // Last: others of the project wait from here on until the commit.
        try await takePlace(inProject: topology.router.projectID, in: transaction)
    }

    private func existing(_ router: Router, as context: RequestContext) async throws -> RouterView? {
        guard let view = try await store.run({ try await $0.view(router.id) }) else { return nil }
        guard view.router.projectID == router.projectID else {
            throw RouterError.conflict("a router with id \(router.id) exists already")
        }
        return view
    }

    private func checked(_ draft: RouterDraft, as context: RequestContext) async throws -> Router {
        let owner = draft.projectID.isEmpty ? context.projectID : draft.projectID
        guard context.isAdmin || owner == context.projectID else {
            throw RouterError.badRequest("only administrators create routers for other projects")
        }
        var router = Router(id: draft.id, projectID: try TextRules.checked(owner, "project_id"))
        router.name = try TextRules.checked(draft.name, "name")
        router.description = try TextRules.checked(draft.description, "description")
        router.tags = try TextRules.checkedTags(draft.tags)
        router.isAdminUp = draft.isAdminUp
        router.availabilityZoneHints = try await checkedZones(draft.availabilityZoneHints)
        router.enablesNDPProxy = draft.enablesNDPProxy
        router.enablesDefaultRouteBFD = draft.enablesDefaultRouteBFD
        router.enablesDefaultRouteECMP = draft.enablesDefaultRouteECMP
        return router
    }

    private func checkedZones(_ hints: [String]) async throws -> [String] {
        guard !hints.isEmpty else { return [] }
        guard Set(hints).count == hints.count else { throw RouterError.badRequest("a zone stands twice in the hints") }
        let known = Set(try await store.run { try await $0.zones() }.map(\.name))
        for hint in hints where !known.contains(hint) { throw RouterError.availabilityZoneNotFound(hint) }
        return hints
    }

    /// Changes a router.
    func update(_ id: String, _ change: RouterChange, as context: RequestContext) async throws -> RouterView {
        try await insisting {
            let seen = try await writable(id, as: context)
            if case .some(.some(let gateway)) = change.gateway { try gateway.requirePermission(of: context) }
            if let routes = change.routes { try RouteRules.requireDistinct(routes) }
            // Before NetworkService is asked for anything, and again under the lock.
            try Self.requireRevision(of: seen.router, change.expectedRevision)
            if change.enablesNDPProxy == true { try await learn(of: seen.gateways) }
            var gateways: PreparedGateways?
            if let wanted = change.gateway {
                gateways = try await prepare(.compatible(wanted), for: seen, as: context)
            }
            let gone = try await keeper.commit(gateways?.prepared ?? []) { transaction in
                try await commit(change, gateways, of: seen.router.id, as: context, in: transaction)
            }
            for port in gone { await keeper.settle(port) }
            return try await get(id, as: context)
        }
    }

    /// The change under the lock; answers the ports that have to go.
    private func commit(
        _ change: RouterChange,
        _ gateways: PreparedGateways?,
        of id: RouterID,
        as context: RequestContext,
        in transaction: Transaction
    ) async throws -> [PortID] {
        var topology = try await writable(id, as: context, in: transaction)
        try Self.requireRevision(of: topology.router, change.expectedRevision)
        if let routes = change.routes { try await requirePlace(for: routes, on: topology, in: transaction) }
        try change.apply(to: &topology.router)
        var gone: [PortID] = []
        if let gateways { gone = try await apply(gateways, to: &topology, in: transaction) }
        if let routes = change.routes { topology.router.routes = routes }
        if let gateways {
            try await requireConsequences(of: gateways, on: topology, in: transaction)
        } else {
            if change.routes != nil { try topology.requireValid(topology.router.routes) }
            if change.enablesNDPProxy == true {
                let external = topology.gateway.map { [$0.networkID] } ?? []
                try topology.requireNDPProxyPossible(on: try await transaction.networks(external).values.first)
            }
        }
        try await save(&topology.router, in: transaction)
        return gone
    }

    private static func requireRevision(of router: Router, _ wanted: Revision?) throws(RouterError) {
        guard let wanted, wanted != router.revision else { return }
        throw .revisionMismatch(router.id, wanted: wanted, present: router.revision)
    }

    /// Removes a router and its gateway.
    func delete(_ id: String, expected: Revision?, as context: RequestContext) async throws {
        let seen = try await writable(id, as: context)
        let gone = try await insisting {
            try await store.write { transaction in
                let topology = try await writable(seen.router.id, as: context, in: transaction)
                try Self.requireRevision(of: topology.router, expected)
                try await remove(topology, in: transaction)
                return topology.gateways.map(\.id)
            }
        }
        for port in gone { await keeper.settle(port) }
    }

    private func remove(_ topology: Topology, in transaction: Transaction) async throws {
        let router = topology.router
        guard topology.interfaces.isEmpty else { throw RouterError.routerInUse(router.id) }
        // Whatever leans on it without a gateway keeps it as well: the row's bindings refer to it.
        try topology.requireNothingLeans(try await transaction.bindings(ofRouter: router.id))
        for gateway in topology.gateways { try await detach(gateway, from: router, in: transaction) }
        try await transaction.delete(router)
        try await transaction.leavePlace(inProject: router.projectID)
        try await store.announceRemoval(router, in: transaction)
    }

    /// Takes a port from its router; it is owed to NetworkService to release it.
    func detach(_ port: RouterPort, from router: Router, in transaction: Transaction) async throws {
        try await transaction.unlink(port)
        let duty = PortDuty(portID: port.id, routerID: router.id, action: .release)
        guard try await transaction.insert(duty, dueAfter: .seconds(10)) else { throw Moved() }
    }
}
