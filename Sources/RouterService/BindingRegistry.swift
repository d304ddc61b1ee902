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
        if let router {
            let binding = Binding(holder: holder, routerID: router, subnetID: subnet, networkID: network)
            if holder.kind == .ndpProxy { return try await bindProxy(binding, to: network) }
            guard try await insert(binding, to: network) else { throw try await refusal(of: router, to: network) }
            return router
        }
        // Candidates are found without a lock; each is locked and looked at again before it is taken.
        let (candidates, gatewayIP) = try await store.run {
            try await $0.bindingCandidates(subnet: subnet, network: network)
        }
        for candidate in BindingCandidate.preferred(candidates, gatewayIP: gatewayIP) {
            let binding = Binding(
                holder: holder,
                routerID: candidate.routerID,
                subnetID: subnet,
                networkID: network
            )
            if try await insert(binding, to: network, hasInterface: true) { return candidate.routerID }
        }
        throw RouterError.gatewayForFloatingIPNotFound(subnet: subnet, network: network)
    }

    private func insert(_ binding: Binding, to network: NetworkID, hasInterface: Bool = false) async throws -> Bool {
        try await store.run { try await $0.insert(binding, ifLeadingTo: network, withInterface: hasInterface) }
    }

    /// NDP proxies ask more of the router than a gateway: that it answers for others at all, and an interface.
    private func bindProxy(_ binding: Binding, to network: NetworkID) async throws -> RouterID {
        try await store.write { transaction in
            let id = binding.routerID
            guard let topology = try await transaction.topologyForShare(id) else {
                throw RouterError.routerNotFound(id.description)
            }
            try topology.requireProxying(from: binding.subnetID)
            guard topology.leads(to: network) else {
                throw RouterError.conflict("router \(id) has no gateway on network \(network)")
            }
            try await transaction.insert(binding)
            return id
        }
    }

    /// Why a router that was named cannot be taken.
    private func refusal(of id: RouterID, to network: NetworkID) async throws -> RouterError {
        guard try await store.run({ try await $0.router(id) }) != nil else { return .routerNotFound(id.description) }
        return .conflict("router \(id) has no gateway on network \(network)")
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
