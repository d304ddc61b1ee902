internal import Addressing
internal import ResourceModel

/// How a subnet gets onto a router.
enum InterfaceAddition: Hashable, Sendable {
    /// By a new port with the subnet's gateway address.
    case make(IPAddress)
    /// By one more address of the port that carries the network's IPv6 prefixes.
    case extend(RouterPort, IPAddress)
}

/// How an interface, or one prefix of it, leaves a router.
enum InterfaceRemoval: Hashable, Sendable {
    /// The port goes.
    case detach(RouterPort)
    /// The port keeps these addresses.
    case shrink(RouterPort, to: [PortAddress], subnet: SubnetID)

    /// The subnets that are gone afterwards.
    var subnetIDs: [SubnetID] {
        switch self {
        case .detach(let port): port.subnetIDs
        case .shrink(_, _, let subnet): [subnet]
        }
    }

    var port: RouterPort {
        switch self {
        case .detach(let port), .shrink(let port, _, _): port
        }
    }
}

extension Topology {
    /// Decides how to attach a subnet for a caller, or refuses.
    func addition(of subnet: Subnet, by context: RequestContext) throws(RouterError) -> InterfaceAddition {
        guard let address = subnet.gatewayIP else {
            throw .badRequest("subnet \(subnet.id) has no gateway address")
        }
        guard context.owns(projectID: subnet.projectID) || subnet.isSharedWithCaller else {
            throw .badRequest("subnet \(subnet.id) belongs to another project and is not shared with this one")
        }
        try requireAdvertisable(subnet)
        try requireRoom(for: subnet)
        if subnet.cidr.version == .v6, let carrier = ipv6Carrier(of: subnet.networkID) {
            return .extend(carrier, address)
        }
        return .make(address)
    }

    /// Refuses a port that cannot become an interface for a caller; the subnets are those of its addresses.
    func requireAttachable(_ port: Port, on subnets: [Subnet], by context: RequestContext) throws(RouterError) {
        guard port.deviceID.isEmpty else { throw .portInUse(port.id, device: port.deviceID) }
        guard !port.addresses.isEmpty else { throw .badRequest("port \(port.id) has no fixed IP") }
        guard port.addresses.filter({ $0.address.version == .v4 }).count <= 1 else {
            throw .badRequest("port \(port.id) has several IPv4 addresses")
        }
        for subnet in subnets {
            try requireAdvertisable(subnet)
            try requireRoom(for: subnet)
            try requireInPool(port, of: subnet, by: context)
        }
        if port.addresses.contains(where: { $0.address.version == .v6 }), let other = ipv6Carrier(of: port.networkID) {
            throw .badRequest("router \(router.id) already has IPv6 port \(other.id) on network \(port.networkID)")
        }
    }

    /// The interface that carries the IPv6 prefixes of a network.
    private func ipv6Carrier(of network: NetworkID) -> RouterPort? {
        interfaces.first { $0.networkID == network && $0.hasIPv6 }
    }

    /// An address mode without an RA mode says that somebody else's router advertises the prefix.
    private func requireAdvertisable(_ subnet: Subnet) throws(RouterError) {
        guard subnet.cidr.version == .v6, !subnet.addressMode.isEmpty, subnet.raMode.isEmpty else { return }
        throw .badRequest("IPv6 subnet \(subnet.id) gets its router advertisements from an outside router")
    }

    private func requireInPool(_ port: Port, of subnet: Subnet, by context: RequestContext) throws(RouterError) {
        guard !context.owns(projectID: subnet.projectID) else { return }
        for fixed in port.addresses where fixed.subnetID == subnet.id {
            guard subnet.allocationPools.contains(where: { $0.contains(fixed.address) }) else {
                throw .badRequest("address \(fixed.address) is outside the allocation pools of subnet \(subnet.id)")
            }
        }
    }
}

extension Topology {
    /// Decides how the interface with a port leaves; a subnet, when given, must be on the port.
    func removal(ofPort id: PortID, on subnet: SubnetID?) throws(RouterError) -> InterfaceRemoval {
        guard let port = interfaces.first(where: { $0.id == id }) else {
            throw .interfaceNotFound(router: router.id, port: id.description)
        }
        if let subnet, !port.subnetIDs.contains(subnet) { throw .subnetMismatchForPort(port: id, subnet: subnet) }
        return .detach(port)
    }

    /// Decides how a subnet leaves.
    func removal(ofSubnet id: SubnetID) throws(RouterError) -> InterfaceRemoval {
        guard let port = interfaces.first(where: { $0.subnetIDs.contains(id) }) else {
            throw .interfaceNotFoundForSubnet(router: router.id, subnet: id)
        }
        let rest = port.addresses.filter { $0.subnetID != id }
        return rest.isEmpty ? .detach(port) : .shrink(port, to: rest, subnet: id)
    }

    /// Refuses a removal while routes, floating IPs or NDP proxies need it.
    func requireUnused(_ removal: InterfaceRemoval, bindings: [Binding]) throws(RouterError) {
        for id in removal.subnetIDs {
            if bindings.contains(where: { $0.subnetID == id && $0.holder.kind != .ndpProxy }) {
                throw .interfaceInUseByFloatingIP(router: router.id, subnet: id)
            }
            if bindings.contains(where: { $0.subnetID == id }) {
                throw .interfaceInUseByNDPProxy(router: router.id, subnet: id)
            }
            guard let cidr = subnets[id]?.cidr else { continue }
            if router.routes.contains(where: { cidr.contains($0.nexthop) }) {
                throw .interfaceInUseByRoute(router: router.id, subnet: id)
            }
        }
    }

    /// Refuses that gateways go while floating IPs or NDP proxies need them: while no other is to be on the network.
    func requireUnneeded(_ plan: GatewayPlan, bindings: [Binding]) throws(RouterError) {
        for gateway in plan.removed where !plan.networkIDs.contains(gateway.networkID) {
            try requireNothingLeans(bindings.filter { $0.networkID == nil || $0.networkID == gateway.networkID })
        }
    }

    /// Refuses that all gateways go while floating IPs or NDP proxies need one.
    func requireNothingLeans(_ bindings: [Binding]) throws(RouterError) {
        if bindings.contains(where: { $0.holder.kind != .ndpProxy }) { throw .gatewayInUseByFloatingIP(router.id) }
        if !bindings.isEmpty { throw .gatewayInUseByNDPProxy(router.id) }
    }
}
