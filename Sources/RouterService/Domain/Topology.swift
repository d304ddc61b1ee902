internal import Addressing
internal import ResourceModel

/// A router with everything attached to it: what its rules are about.
struct Topology: Hashable, Sendable {
    var router: Router
    var ports: [RouterPort] = []
    var helpers: [ConntrackHelper] = []
    /// Those of the ports' addresses, and all of the gateways' networks.
    var subnets: [SubnetID: Subnet] = [:]

    var interfaces: [RouterPort] { ports.filter { $0.role == .interface } }
    /// The compatible gateway, which `external_gateway_info` shows.
    var gateway: RouterPort? { ports.first { $0.role == .gateway } }
    /// All gateways, the compatible one first.
    var gateways: [RouterPort] {
        ports.filter { $0.role == .gateway } + ports.filter { $0.role == .extraGateway }
    }

    /// The subnets that interfaces have addresses on.
    var attachedSubnets: [Subnet] {
        interfaces.flatMap(\.subnetIDs).compactMap { subnets[$0] }
    }

    /// All subnets of the gateways' networks.
    var gatewaySubnets: [Subnet] {
        let networks = Set(gateways.map(\.networkID))
        return subnets.values.filter { networks.contains($0.networkID) }.sorted { $0.id < $1.id }
    }

    /// Whether a gateway is on the network.
    func leads(to network: NetworkID) -> Bool { gateways.contains { $0.networkID == network } }

    /// Puts a port in place of the one with its id, or adds it, and learns its subnets.
    mutating func put(_ port: RouterPort, subnets known: [Subnet]) {
        ports.removeAll { $0.id == port.id }
        ports.append(port)
        for subnet in known { subnets[subnet.id] = subnet }
    }

    mutating func remove(_ port: RouterPort) {
        ports.removeAll { $0.id == port.id }
    }
}

extension Topology {
    /// Refuses a subnet that is attached already or overlaps one that is, or one of the gateways' networks.
    func requireRoom(for subnet: Subnet) throws(RouterError) {
        for attached in attachedSubnets {
            if attached.id == subnet.id {
                throw .badRequest("router \(router.id) already has a port on subnet \(subnet.id)")
            }
            if attached.cidr.overlaps(subnet.cidr) { throw overlap(of: subnet, with: attached) }
        }
        for external in gatewaySubnets where external.cidr.overlaps(subnet.cidr) {
            throw overlap(of: subnet, with: external)
        }
    }

    /// Refuses an external network one of whose subnets overlaps one that is attached.
    func requireRoom(forGatewayOn external: [Subnet]) throws(RouterError) {
        for subnet in external {
            for attached in attachedSubnets where attached.cidr.overlaps(subnet.cidr) {
                throw overlap(of: subnet, with: attached)
            }
        }
    }

    /// Refuses gateways on different networks one of whose subnets overlaps one of the other's.
    func requireGatewaysApart() throws(RouterError) {
        let external = gatewaySubnets
        for (index, subnet) in external.enumerated() {
            for other in external[(index + 1)...]
            where other.networkID != subnet.networkID && other.cidr.overlaps(subnet.cidr) {
                throw overlap(of: other, with: subnet)
            }
        }
    }

    private func overlap(of new: Subnet, with present: Subnet) -> RouterError {
        .badRequest(
            "cidr \(new.cidr) of subnet \(new.id) overlaps with cidr \(present.cidr) of subnet \(present.id) "
                + "on router \(router.id)"
        )
    }

    /// Refuses more routes than the limit, unless they are not more than there are; a negative limit is none.
    func requirePlace(for routes: [ExtraRoute], limit: Int64) throws(RouterError) {
        guard limit < 0 || routes.count <= max(Int(limit), router.routes.count) else {
            throw .tooManyRoutes(router.id, limit: limit)
        }
    }

    /// Refuses routes whose next hop is not on an attached subnet or is the router itself.
    func requireValid(_ routes: [ExtraRoute]) throws(RouterError) {
        let reachable = ports.flatMap(\.subnetIDs).compactMap { subnets[$0]?.cidr }
        let own = Set(ports.flatMap(\.addresses).map(\.address))
        for route in routes {
            guard reachable.contains(where: { $0.contains(route.nexthop) }) else {
                throw .invalidRoutes("next hop \(route.nexthop) is not on a subnet of router \(router.id)")
            }
            guard !own.contains(route.nexthop) else {
                throw .invalidRoutes("next hop \(route.nexthop) is an address of router \(router.id) itself")
            }
        }
    }

    /// Refuses an NDP proxy without an external IPv6 network whose addresses have a scope.
    func requireNDPProxyPossible(on network: Network?) throws(RouterError) {
        guard router.enablesNDPProxy else { return }
        guard let network, let gateway, network.id == gateway.networkID else {
            throw .gatewayNotValid(router.id, "an NDP proxy needs an external gateway")
        }
        guard subnets.values.contains(where: { $0.networkID == network.id && $0.cidr.version == .v6 }) else {
            throw .gatewayNotValid(router.id, "external network \(network.id) has no IPv6 subnet")
        }
        guard network.hasIPv6Scope else {
            throw .gatewayNotValid(router.id, "external network \(network.id) has no IPv6 address scope")
        }
    }

    /// Refuses an NDP proxy for an address on a subnet that the router does not proxy for.
    func requireProxying(from subnet: SubnetID) throws(RouterError) {
        guard router.enablesNDPProxy else { throw .proxyNotEnabled(router.id) }
        guard interfaces.contains(where: { $0.subnetIDs.contains(subnet) }) else {
            throw .subnetUnreachable(router: router.id, subnet: subnet)
        }
    }
}
