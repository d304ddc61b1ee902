internal import Postgres
internal import ResourceModel

/// A change of a router's gateways, decided and with what it needs of NetworkService done.
struct PreparedGateways: Sendable {
    let edit: GatewayEdit
    let plan: GatewayPlan
    /// The networks of ports that were made or changed.
    var facts: [NetworkID: NetworkFacts] = [:]
    /// The ports that were made or changed, by the places of their steps.
    var ports: [Int: PreparedPort] = [:]

    /// All of them, for the commit.
    var prepared: [PreparedPort] { Array(ports.values) }
}

extension RouterRegistry {
    /// Adds, replaces or removes gateways.
    func changeGateways(_ edit: GatewayEdit, of id: String, as context: RequestContext) async throws -> RouterView {
        try await insisting {
            let seen = try await writable(id, as: context)
            for request in edit.requests { try request.requirePermission(of: context) }
            let gateways = try await prepare(edit, for: seen, as: context)
            let gone = try await keeper.commit(gateways.prepared) { transaction in
                var topology = try await writable(seen.router.id, as: context, in: transaction)
                let gone = try await apply(gateways, to: &topology, in: transaction)
                try await requireConsequences(of: gateways, on: topology, in: transaction)
                try await save(&topology.router, in: transaction)
                return gone
            }
            for port in gone { await keeper.settle(port) }
            return try await get(id, as: context)
        }
    }

    /// Routes and NDP proxies must still be possible with other gateways.
    func requireConsequences(
        of gateways: PreparedGateways,
        on topology: Topology,
        in transaction: Transaction
    ) async throws {
        try topology.requireValid(topology.router.routes)
        guard topology.router.enablesNDPProxy else { return }
        let external = topology.gateway.map { [$0.networkID] } ?? []
        try topology.requireNDPProxyPossible(on: try await transaction.networks(external).values.first)
    }

    /// Decides what a change does to the gateways, and has NetworkService do its part.
    func prepare(
        _ edit: GatewayEdit,
        for topology: Topology,
        as context: RequestContext
    ) async throws -> PreparedGateways {
        var gateways = PreparedGateways(edit: edit, plan: try GatewayPlan(edit, of: topology.gateways))
        try await requireUnneeded(gateways.plan, of: topology)
        let changed = Set(gateways.plan.steps.filter { !$0.isLocal }.map(\.networkID))
        for request in edit.requests where changed.contains(request.networkID) {
            gateways.facts[request.networkID] = try await usableFacts(for: request, topology, as: context)
        }
        do {
            for (place, step) in gateways.plan.steps.enumerated() {
                gateways.ports[place] = try await prepare(step, of: topology.router.id)
            }
        } catch {
            for port in gateways.prepared { await keeper.settle(port.duty.portID) }
            throw error
        }
        return gateways
    }

    private func prepare(_ step: GatewayPlan.Step, of router: RouterID) async throws -> PreparedPort? {
        switch step {
        case .keep: nil
        case .readdress(let port, let wanted, _): try await keeper.readdress(port, of: router, to: wanted)
        case .make(let request):
            try await keeper.make(
                PortReservation(
                    portID: .random(),
                    routerID: router,
                    networkID: request.networkID,
                    projectID: "",
                    role: .gateway,
                    addresses: request.addresses
                )
            )
        }
    }

    /// Early, so that NetworkService is not asked for what will be refused; decided under the lock.
    private func requireUnneeded(_ plan: GatewayPlan, of topology: Topology) async throws {
        guard !plan.removed.isEmpty else { return }
        let bindings = try await store.run { try await $0.bindings(ofRouter: topology.router.id) }
        try topology.requireUnneeded(plan, bindings: bindings)
    }

    /// The external network as far as the router may have its gateway there, its copy kept.
    private func usableFacts(
        for request: GatewayRequest,
        _ topology: Topology,
        as context: RequestContext
    ) async throws -> NetworkFacts {
        let seen = try await networks.network(request.networkID, as: context)
        guard seen.isExternal else {
            throw RouterError.badRequest("network \(request.networkID) is not an external network")
        }
        let facts = try await networks.facts(of: request.networkID)
        try request.requireAddressesAllowed(on: facts.subnets)
        try topology.requireRoom(forGatewayOn: facts.subnets)
        try await store.write { try await store.keep(facts, in: $0) }
        return facts
    }

    /// Makes the change under the router's lock; answers the ports that have to go.
    @discardableResult
    func apply(
        _ gateways: PreparedGateways,
        to topology: inout Topology,
        in transaction: Transaction
    ) async throws -> [PortID] {
        let before = topology
        guard try GatewayPlan(gateways.edit, of: before.gateways) == gateways.plan else { throw Moved() }
        for port in before.gateways { topology.remove(port) }
        for (place, step) in gateways.plan.steps.enumerated() {
            guard var port = gateways.ports[place].map({ RouterPort($0.port, role: .gateway) }) ?? step.port else {
                continue
            }
            port.role = place == 0 ? .gateway : .extraGateway
            port.enablesSNAT = step.enablesSNAT
            let subnets = gateways.facts[port.networkID]?.subnets ?? []
            try topology.requireRoom(forGatewayOn: subnets)
            topology.put(port, subnets: subnets)
        }
        try topology.requireGatewaysApart()
        let removed = gateways.plan.removed
        if !removed.isEmpty {
            let bindings = try await transaction.bindings(ofRouter: before.router.id)
            try topology.requireUnneeded(gateways.plan, bindings: bindings)
        }
        for port in removed { try await detach(port, from: topology.router, in: transaction) }
        try await write(topology, gateways, in: transaction)
        return removed.map(\.id)
    }

    /// Writes the ports' rows; a port that is no longer the compatible gateway makes way for the one that is.
    private func write(
        _ topology: Topology,
        _ gateways: PreparedGateways,
        in transaction: Transaction
    ) async throws {
        for prepared in gateways.prepared { try await transaction.keep(prepared.port) }
        let kept = Dictionary(
            gateways.plan.steps.compactMap(\.port).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for port in topology.gateways.reversed() {
            guard let old = kept[port.id] else {
                try await transaction.link(port, to: topology.router.id)
                continue
            }
            guard old.role != port.role || old.enablesSNAT != port.enablesSNAT else { continue }
            try await transaction.updateGateway(port)
        }
    }
}
