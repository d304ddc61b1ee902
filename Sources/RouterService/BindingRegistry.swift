internal import Postgres
internal import ResourceModel

/// What leans on routers, and which ports routers hold.
struct BindingRegistry: Sendable {
    let store: RouterStore

    /// Finds the router that leads from a subnet to an external network and records that the holder leans on it there.
    func bind(
        _ holder: BindingHolder,
        subnet: SubnetID,
        network: NetworkID,
        via router: RouterID?,
        as context: RequestContext
    ) async throws -> RouterID {
        try AgentRegistry.requireProgram(context)
        return try await store.write { transaction in
            let id =
                if let router {
                    try await require(router, leadsTo: network, from: subnet, for: holder, in: transaction)
                } else {
                    try await find(from: subnet, to: network, in: transaction)
                }
            try await transaction.insert(Binding(holder: holder, routerID: id, subnetID: subnet, networkID: network))
            return id
        }
    }

    private func require(
        _ id: RouterID,
        leadsTo network: NetworkID,
        from subnet: SubnetID,
        for holder: BindingHolder,
        in transaction: Transaction
    ) async throws -> RouterID {
        guard let topology = try await transaction.topologyForShare(id) else {
            throw RouterError.routerNotFound(id.description)
        }
        if holder.kind == .ndpProxy { try topology.requireProxying(from: subnet) }
        guard topology.leads(to: network) else {
            throw RouterError.conflict("router \(id) has no gateway on network \(network)")
        }
        return id
    }

    /// Candidates are found without a lock; each is locked and looked at again before it is taken.
    private func find(
        from subnet: SubnetID,
        to network: NetworkID,
        in transaction: Transaction
    ) async throws -> RouterID {
        let (candidates, gatewayIP) = try await transaction.bindingCandidates(subnet: subnet, network: network)
        for candidate in BindingCandidate.preferred(candidates, gatewayIP: gatewayIP) {
            guard let topology = try await transaction.topologyForShare(candidate.routerID),
                topology.leads(to: network),
                topology.interfaces.contains(where: { $0.subnetIDs.contains(subnet) })
            else { continue }
            return candidate.routerID
        }
        throw RouterError.gatewayForFloatingIPNotFound(subnet: subnet, network: network)
    }

    /// Drops a holder's bindings but the one to keep.
    func unbind(
        _ holder: BindingHolder,
        keeping kept: (router: RouterID, subnet: SubnetID)?,
        as context: RequestContext
    ) async throws {
        try AgentRegistry.requireProgram(context)
        try await store.run { try await $0.removeBindings(of: holder, keeping: kept) }
    }

    /// Which of the ports routers hold, or are about to.
    func held(_ ports: [PortID], as context: RequestContext) async throws -> Set<PortHold> {
        try AgentRegistry.requireProgram(context)
        return try await store.run { try await $0.heldPorts(ports) }
    }
}
