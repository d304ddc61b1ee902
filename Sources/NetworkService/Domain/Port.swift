internal import Addressing
internal import ResourceModel

/// A network's attachment point, with its addresses.
struct Port: Hashable, Sendable {
    var id: PortID
    /// Empty for ports that routers and floating IPs have on external networks.
    var projectID: String
    var labels: Labels
    var history: History
    var networkID: NetworkID
    var isAdminUp: Bool
    var mac: MACAddress
    var fixedAddresses: [FixedAddress]
    var deviceID: String
    var deviceOwner: String
    var status: PortStatus
    var securityGroups: [String]
    var isPortSecurityEnabled: Bool
    var allowedAddressPairs: [AddressPair]
    var dhcpOptions: [DHCPOption]
    var binding: Binding
    var dnsName: String
    var dnsDomain: String
    var allocation: AddressAllocation
    var qosPolicyID: String
    /// The object of another service that this port is kept for.
    var holder: Holder?
    /// The project of that object, as far as it was told when the port was made; not read back.
    var holderProject = ""

    /// How the port is attached to a node.
    struct Binding: Hashable, Sendable {
        var vnicType = "normal"
        /// The node; empty while not bound.
        var host = ""
        /// A JSON object.
        var profile = "{}"

        var vifType: String { host.isEmpty ? "unbound" : "bridge" }
    }
}

/// An address of a port.
struct FixedAddress: Hashable, Sendable {
    var subnetID: SubnetID
    var address: IPAddress
}

/// The state of a port's attachment.
enum PortStatus: String, Sendable, CaseIterable {
    case active = "ACTIVE"
    case down = "DOWN"
    case build = "BUILD"
    case error = "ERROR"
    case notApplicable = "N/A"
}

/// When a port gets its addresses.
enum AddressAllocation: String, Sendable {
    case immediate, deferred, none
}

/// Further addresses that may send from a port.
struct AddressPair: Hashable, Sendable {
    /// An address or a block of them, as it was written.
    var prefix: String
    /// Nil is the port's.
    var mac: MACAddress?
}

/// An option for a port's DHCP answers.
struct DHCPOption: Hashable, Sendable {
    var name: String
    var value: String
    var version: IPVersion
}

/// The object of another service on whose behalf something is kept.
struct Holder: Hashable, Sendable {
    /// `router`, `floating_ip`, `port_forwarding` or `ndp_proxy`.
    var kind: String
    var id: String
}
