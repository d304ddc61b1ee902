internal import Postgres
internal import ResourceModel

/// A gateway change, decided and with what it needs of NetworkService done.
struct PreparedGateway: Sendable {
    let request: GatewayRequest?
    let change: GatewayChange
    /// The new network, where the change needs it.
    var facts: NetworkFacts?
    var prepared: PreparedPort?
}

extension RouterRegistry {
    /// Decides what a change does to the gateway, and has NetworkService do its part.
    ///
    /// Nil when it does not concern it.
    func prepareGateway(
        _ change: RouterChange,
        for topology: Topology,
        as context: RequestContext
    ) async throws -> PreparedGateway? {
        guard let request = change.gateway else { return nil }
        return try await prepare(request, for: topology, as: context)
    }

    /// The same for a new router.
    func prepareGateway(
        _ request: GatewayRequest?,
        for topology: Topology,
        as context: RequestContext
    ) async throws -> PreparedGateway? {
        guard let request else { return nil }
        return try await prepare(request, for: topology, as: context)
    }

    private func prepare(
        _ request: GatewayRequest?,
        for topology: Topology,
        as context: RequestContext
    ) async throws -> PreparedGateway {
        var gateway = PreparedGateway(
            request: request,
            change: GatewayChange(from: topology.gateway, to: request)
        )
        switch gateway.change {
        case .keep:
            break
        case .remove:
            try await requireGatewayUnused(topology)
        case .make(let old):
            if old != nil { try await requireGatewayUnused(topology) }
            guard let request else { break }
            let facts = try await usableFacts(for: request, topology, as: context)
            gateway.facts = facts
            gateway.prepared = try await keeper.make(
                PortReservation(
                    portID: .random(),
                    routerID: topology.router.id,
                    networkID: request.networkID,
                    projectID: "",
                    role: .gateway,
                    addresses: request.addresses,
                    ownerID: topology.router.projectID
                )
            )
        case .readdress(let port, let wanted):
            guard let request else { break }
            gateway.facts = try await usableFacts(for: request, topology, as: context)
            gateway.prepared = try await keeper.readdress(port, of: topology.router.id, to: wanted)
        }
        return gateway
    }

    /// Early, so that NetworkService is not asked for what will be refused; decided under the lock.
    private func requireGatewayUnused(_ topology: Topology) async throws {
        let id = topology.router.id
        try topology.requireGatewayUnused(bindings: try await store.run { try await $0.bindings(ofRouter: id) })
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

    /// Makes the change under the router's lock; answers the port that has to go.
    @discardableResult
    func apply(
        _ gateway: PreparedGateway,
        to topology: inout Topology,
        in transaction: Transaction
    ) async throws -> PortID? {
        guard GatewayChange(from: topology.gateway, to: gateway.request) == gateway.change else { throw Moved() }
        topology.router.enablesSNAT = gateway.request?.enablesSNAT ?? true
        switch gateway.change {
        case .keep:
            return nil
        case .readdress:
            try await attachGateway(gateway, to: &topology, in: transaction)
            return nil
        case .make(let old):
            if let old { try await removeGateway(old, from: &topology, in: transaction) }
            try await attachGateway(gateway, to: &topology, in: transaction)
            return old?.id
        case .remove(let old):
            try await removeGateway(old, from: &topology, in: transaction)
            return old.id
        }
    }

    private func attachGateway(
        _ gateway: PreparedGateway,
        to topology: inout Topology,
        in transaction: Transaction
    ) async throws {
        guard let port = gateway.prepared?.port, let facts = gateway.facts else { return }
        try topology.requireRoom(forGatewayOn: facts.subnets)
        let isNew = topology.gateway?.id != port.id
        let attached = RouterPort(port, role: .gateway)
        topology.put(attached, subnets: facts.subnets)
        try await transaction.keep(port)
        if isNew { try await transaction.link(attached, to: topology.router.id) }
    }

    private func removeGateway(
        _ port: RouterPort,
        from topology: inout Topology,
        in transaction: Transaction
    ) async throws {
        try topology.requireGatewayUnused(bindings: try await transaction.bindings(ofRouter: topology.router.id))
        topology.remove(port)
        try await detach(port, from: topology.router, in: transaction)
    }
}
