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
            guard try await insert(binding, hasInterface: holder.kind == .ndpProxy) else {
                throw try await refusal(of: binding, to: network)
            }
            return router
        }
        // Candidates are found without a lock; each is locked and looked at again before it is taken.
        let (candidates, gatewayIP) = try await store.run {
            try await $0.bindingCandidates(subnet: subnet, network: network)
        }
        for candidate in BindingCandidate.preferred(candidates, gatewayIP: gatewayIP) {
            let id = candidate.routerID
            let binding = Binding(holder: holder, routerID: id, subnetID: subnet, networkID: network)
            if try await insert(binding, hasInterface: true) { return id }
        }
        throw RouterError.gatewayForFloatingIPNotFound(subnet: subnet, network: network)
    }

    private func insert(_ binding: Binding, hasInterface: Bool) async throws -> Bool {
        try await store.run { try await $0.insert(binding, withInterface: hasInterface) }
    }

    /// Why a router that was named cannot be taken.
    private func refusal(of binding: Binding, to network: NetworkID) async throws -> RouterError {
        let id = binding.routerID
        guard let topology = try await store.run({ try await $0.topology(id) }) else {
            return .routerNotFound(id.description)
        }
        if binding.holder.kind == .ndpProxy { try topology.requireProxying(from: binding.subnetID) }
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
