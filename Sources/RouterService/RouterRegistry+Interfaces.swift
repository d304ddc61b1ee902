internal import Addressing
internal import Postgres
internal import ResourceModel

/// What was attached or detached.
struct InterfaceResult: Hashable, Sendable {
    let router: Router
    let portID: PortID
    let networkID: NetworkID
    let subnetIDs: [SubnetID]
}

/// What an interface is made of, or found by.
enum InterfaceTarget: Hashable, Sendable {
    case subnet(SubnetID)
    /// In a removal the subnet, where given, must be on the port.
    case port(PortID, on: SubnetID?)
}

extension RouterRegistry {
    /// Attaches a subnet or a port.
    func addInterface(
        _ target: InterfaceTarget,
        to id: String,
        as context: RequestContext
    ) async throws -> InterfaceResult {
        try await insisting {
            let topology = try await writable(id, as: context)
            // For the decision under the lock; what is seen here may be older.
            try await learn(of: topology.gateways)
            switch target {
            case .subnet(let subnet): return try await attach(subnet, to: topology, as: context)
            case .port(let port, _): return try await attach(port, to: topology, as: context)
            }
        }
    }

    private func attach(
        _ id: SubnetID,
        to topology: Topology,
        as context: RequestContext
    ) async throws -> InterfaceResult {
        var seen = try await networks.subnet(id, as: context)
        if !context.owns(projectID: seen.projectID) {
            seen.isSharedWithCaller = try await networks.isShared(seen.networkID, with: context)
        }
        let subnet = seen
        let addition = try topology.addition(of: subnet, by: context)
        let facts = try await keptFacts(of: subnet.networkID)
        let router = topology.router
        let prepared: PreparedPort
        switch addition {
        case .make(let address):
            prepared = try await keeper.make(
                PortReservation(
                    portID: .random(),
                    routerID: router.id,
                    networkID: subnet.networkID,
                    projectID: router.projectID,
                    role: .interface,
                    addresses: [WantedAddress(subnetID: id, address: address)]
                )
            )
        case .extend(let port, let address):
            let present = port.addresses.map { WantedAddress(subnetID: $0.subnetID, address: $0.address) }
            prepared = try await keeper.readdress(
                port,
                of: router.id,
                to: present + [WantedAddress(subnetID: id, address: address)]
            )
        }
        return try await keeper.commit([prepared]) { transaction in
            let now = try await writable(router.id, as: context, in: transaction)
            guard try now.addition(of: subnet, by: context) == addition else { throw Moved() }
            return try await attach(prepared.port, to: now, subnets: [subnet], of: facts, in: transaction)
        }
    }

    private func attach(_ id: PortID, to topology: Topology, as context: RequestContext) async throws -> InterfaceResult
    {
        let port = try await keeper.directory.port(id, as: context)
        let facts = try await keptFacts(of: port.networkID)
        try topology.requireAttachable(port, on: facts.subnets(of: port), by: context)
        let prepared = try await keeper.claim(id, for: topology.router.id)
        return try await keeper.commit([prepared]) { transaction in
            let now = try await writable(topology.router.id, as: context, in: transaction)
            // Its addresses are those it had when it was claimed; from then on only its router changes them.
            var claimed = prepared.port
            claimed.deviceID = ""
            let subnets = facts.subnets(of: claimed)
            try now.requireAttachable(claimed, on: subnets, by: context)
            return try await attach(claimed, to: now, subnets: subnets, of: facts, in: transaction)
        }
    }

    private func keptFacts(of network: NetworkID) async throws -> NetworkFacts {
        let facts = try await networks.facts(of: network)
        try await store.write { try await store.keep(facts, in: $0) }
        return facts
    }

    /// Brings the copies of the gateways' networks up to date, for a decision that depends on them: what NetworkService
    /// answered a client just now counts, whether the copies have heard of it or not.
    func learn(of gateways: [RouterPort]) async throws {
        for network in Set(gateways.map(\.networkID)) { _ = try await keptFacts(of: network) }
    }

    private func attach(
        _ port: Port,
        to topology: Topology,
        subnets: [Subnet],
        of facts: NetworkFacts,
        in transaction: Transaction
    ) async throws -> InterfaceResult {
        var topology = topology
        let isNew = !topology.ports.contains { $0.id == port.id }
        let attached = RouterPort(port, role: .interface)
        try await transaction.keep(port)
        if isNew { try await transaction.link(attached, to: topology.router.id) }
        try await save(&topology.router, in: transaction)
        return InterfaceResult(
            router: topology.router,
            portID: port.id,
            networkID: port.networkID,
            subnetIDs: subnets.map(\.id)
        )
    }

    /// Detaches an interface, or one prefix of it.
    func removeInterface(
        _ target: InterfaceTarget,
        from id: String,
        as context: RequestContext
    ) async throws -> InterfaceResult {
        let seen = try await writable(id, as: context)
        let result: InterfaceResult
        do {
            result = try await insisting {
                try await store.write { transaction in
                    let topology = try await writable(seen.router.id, as: context, in: transaction)
                    return try await detach(target, from: topology, in: transaction)
                }
            }
        } catch RouterError.interfaceNotFoundForSubnet(let router, let subnet) {
            // A subnet that does not exist is another refusal than one that is not attached.
            _ = try await networks.subnet(subnet, as: context)
            throw RouterError.interfaceNotFoundForSubnet(router: router, subnet: subnet)
        }
        await keeper.settle(result.portID)
        return result
    }

    private func detach(
        _ target: InterfaceTarget,
        from topology: Topology,
        in transaction: Transaction
    ) async throws -> InterfaceResult {
        var topology = topology
        let removal =
            switch target {
            case .subnet(let id): try topology.removal(ofSubnet: id)
            case .port(let id, let subnet): try topology.removal(ofPort: id, on: subnet)
            }
        try topology.requireUnused(removal, bindings: try await transaction.bindings(ofRouter: topology.router.id))
        switch removal {
        case .detach(let port):
            try await detach(port, from: topology.router, in: transaction)
        case .shrink(let port, let rest, _):
            try await shrink(port, of: topology.router, to: rest, in: transaction)
        }
        try await save(&topology.router, in: transaction)
        return InterfaceResult(
            router: topology.router,
            portID: removal.port.id,
            networkID: removal.port.networkID,
            subnetIDs: removal.subnetIDs
        )
    }

    private func shrink(
        _ port: RouterPort,
        of router: Router,
        to addresses: [PortAddress],
        in transaction: Transaction
    ) async throws {
        try await transaction.setAddresses(addresses, of: port.id)
        let duty = PortDuty(portID: port.id, routerID: router.id, action: .restore, addresses: addresses)
        guard try await transaction.insert(duty, dueAfter: .seconds(10)) else { throw Moved() }
    }
}

extension NetworkFacts {
    /// The subnets that a port has addresses on, each once, in the order of the addresses.
    func subnets(of port: Port) -> [Subnet] {
        var found: [Subnet] = []
        for address in port.addresses {
            guard let subnet = subnets.first(where: { $0.id == address.subnetID }) else { continue }
            if !found.contains(where: { $0.id == subnet.id }) { found.append(subnet) }
        }
        return found
    }
}
