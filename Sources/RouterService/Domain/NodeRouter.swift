internal import Addressing
internal import ResourceModel

/// All that a node needs to know of a router.
struct NodeRouter: Hashable, Sendable {
    let router: Router
    var gateways: [NodePort] = []
    var interfaces: [NodePort] = []
    let helpers: [ConntrackHelper]

    /// Puts together what the rows say; ports whose network is not known yet are left out until it is.
    init(_ topology: Topology, networks: [NetworkID: Network]) {
        router = topology.router
        helpers = topology.helpers
        let built = { (port: RouterPort) in
            networks[port.networkID].map { NodePort(port, on: $0, topology: topology) }
        }
        gateways = topology.gateways.compactMap(built)
        interfaces = topology.interfaces.compactMap(built)
    }
}

/// A port of a router as a node builds it.
struct NodePort: Hashable, Sendable {
    let port: RouterPort
    let network: Network
    /// The port's addresses with their subnets, in order.
    let addresses: [NodeAddress]
    /// Of a gateway: the other subnets of its network, which are reached on the link.
    let onLink: [CIDR]

    init(_ port: RouterPort, on network: Network, topology: Topology) {
        self.port = port
        self.network = network
        addresses = port.addresses.compactMap { fixed in
            topology.subnets[fixed.subnetID].map { NodeAddress(address: fixed.address, subnet: $0) }
        }
        onLink =
            port.role == .interface
            ? []
            : topology.gatewaySubnets.filter { $0.networkID == port.networkID && !port.subnetIDs.contains($0.id) }
                .map(\.cidr)
    }
}

/// An address with what a node needs of its subnet.
struct NodeAddress: Hashable, Sendable {
    let address: IPAddress
    let subnet: Subnet
}
