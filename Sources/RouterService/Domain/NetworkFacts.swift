internal import Addressing
internal import ResourceModel

/// What RouterService needs to know of a network.
struct Network: Hashable, Sendable {
    let id: NetworkID
    var isExternal = false
    /// Bytes.
    var mtu = 1500
    /// The kind of network, such as `flat` or `vxlan`.
    var type = ""
    var physicalNetwork = ""
    var segmentationID: Int64 = 0
    var hasIPv6Scope = false
    var revision: Revision = 1

    /// Whether a node would build the two alike.
    func isBuilt(like other: Network) -> Bool {
        var other = other
        other.revision = revision
        return self == other
    }
}

/// What RouterService needs to know of a subnet.
struct Subnet: Hashable, Sendable {
    let id: SubnetID
    let networkID: NetworkID
    var projectID = ""
    /// Whether a policy shares its network with the project of the caller that asked for it.
    var isSharedWithCaller = false
    let cidr: CIDR
    var gatewayIP: IPAddress?
    var allocationPools: [AddressRange] = []
    /// `slaac`, `dhcpv6-stateful`, `dhcpv6-stateless` or empty.
    var raMode = ""
    var addressMode = ""
    var dnsNameservers: [String] = []
    var revision: Revision = 1

    /// Whether a node would build the two alike.
    func isBuilt(like other: Subnet) -> Bool {
        cidr == other.cidr && gatewayIP == other.gatewayIP && raMode == other.raMode
            && dnsNameservers == other.dnsNameservers
    }
}

/// What RouterService needs to know of a port.
struct Port: Hashable, Sendable {
    let id: PortID
    let networkID: NetworkID
    var projectID = ""
    var macAddress: MACAddress
    var addresses: [PortAddress] = []
    /// What it belongs to; empty is nothing.
    var deviceID = ""
    var revision: Revision = 1

    /// Whether a node would build the two alike.
    func isBuilt(like other: Port) -> Bool {
        macAddress == other.macAddress && addresses == other.addresses
    }
}

/// An address of a port, and the subnet it is of.
struct PortAddress: Hashable, Sendable {
    let subnetID: SubnetID
    let address: IPAddress
}

/// A port that a router has: one of its interfaces, or its gateway.
struct RouterPort: Hashable, Sendable {
    let id: PortID
    var role: Role
    let networkID: NetworkID
    var macAddress: MACAddress
    var addresses: [PortAddress]
    /// Of a gateway: whether tenants' addresses are translated to its own.
    var enablesSNAT = true

    /// What the port is to its router.
    enum Role: String, Sendable {
        case interface
        /// The compatible gateway.
        case gateway
        /// Any other gateway.
        case extraGateway = "extra_gateway"

        /// What stands in the port's `device_owner`.
        var deviceOwner: String {
            switch self {
            case .interface: "network:router_interface"
            case .gateway, .extraGateway: "network:router_gateway"
            }
        }
    }

    /// The router's view of a port it holds.
    init(_ port: Port, role: Role) {
        id = port.id
        self.role = role
        networkID = port.networkID
        macAddress = port.macAddress
        addresses = port.addresses
    }

    var subnetIDs: [SubnetID] {
        var ids: [SubnetID] = []
        for address in addresses where !ids.contains(address.subnetID) { ids.append(address.subnetID) }
        return ids
    }

    var hasIPv6: Bool { addresses.contains { $0.address.version == .v6 } }
}
