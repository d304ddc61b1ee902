internal import Addressing
internal import ResourceModel

/// What the control plane says of a router that this node hosts, without its floating IPs.
struct RouterSpecification: Hashable, Sendable {
    var id: RouterID
    var revision: Revision
    /// False: nothing of the router is to be in the kernel.
    var isUp: Bool
    /// The first one carries the default route.
    var gateways: [GatewaySpecification]
    var interfaces: [PortSpecification]
    /// Several with one destination share the load.
    var routes: [StaticRoute]
    var helpers: Set<HelperRule> = []
    /// Whether internal addresses are answered for at the first gateway.
    var proxiesNeighbours = false
}

/// A router's port on an external network.
struct GatewaySpecification: Hashable, Sendable {
    var port: PortSpecification
    /// Whether traffic of addresses without a floating IP leaves with the gateway's own address.
    var translatesSources: Bool
    /// Further networks that are reached on the link.
    var onLinkNetworks: [CIDR]
}

/// A port of a router.
struct PortSpecification: Hashable, Sendable {
    var id: PortID
    var network: NetworkID
    var mac: MACAddress
    /// In bytes, 68…65535.
    var mtu: Int
    var addresses: [PortAddress]
    /// The name of the node's network that carries the port's network; nil for a network that lives on bridges of ours.
    var physicalNetwork: String?
    /// How the network is carried: `flat`, `vlan`, `vxlan`, `local`.
    var networkType: String
}

/// An address of a port, with what the router needs of its subnet.
struct PortAddress: Hashable, Sendable {
    /// The address with the length of the subnet's prefix.
    var address: CIDR
    /// The subnet's gateway, on an external port the next hop of the default route.
    var subnetGateway: IPAddress?
    /// How hosts of the subnet come by their addresses; nil where the router tells them nothing of it.
    var hostSetup: HostSetup?
    /// The subnet's servers of domain names.
    var nameServers: [IPAddress] = []
}

/// How hosts of an IPv6 subnet come by their addresses and settings, as the router tells them.
///
/// Source: Networking API v2.0, `ipv6_ra_mode`.
enum HostSetup: String, Hashable, Sendable, CaseIterable {
    /// They make addresses themselves and take settings from the router.
    case slaac
    /// They make addresses themselves and ask for settings by DHCPv6.
    case statelessDHCP = "dhcpv6-stateless"
    /// They ask for addresses and settings by DHCPv6.
    case statefulDHCP = "dhcpv6-stateful"
}

/// An extra route of a router.
struct StaticRoute: Hashable, Sendable {
    var destination: CIDR
    var nexthop: IPAddress
}
