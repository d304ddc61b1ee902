internal import Addressing
internal import ResourceModel

/// A block of addresses on a network.
struct Subnet: Hashable, Sendable {
    var id: SubnetID
    var projectID: String
    var labels: Labels
    var history: History
    var networkID: NetworkID
    /// Without host bits.
    var prefix: CIDR
    /// The router's address; nil is none.
    var gateway: IPAddress?
    /// Where addresses are taken from; they do not overlap, and ascend.
    var pools: [AddressRange]
    var isDHCPEnabled: Bool
    var nameServers: [IPAddress]
    var hostRoutes: [HostRoute]
    var ipv6RAMode: IPv6Mode?
    var ipv6AddressMode: IPv6Mode?
    /// Device owners that may have its addresses; empty is all.
    var serviceTypes: [String]
    var segmentID: String
    var publishesFixedAddresses: Bool
    /// Whether its network is external.
    var isExternal: Bool
    /// The pool that its block is of.
    var subnetPoolID: SubnetPoolID?

    var version: IPVersion { prefix.version }

    /// Whether hosts make their addresses from the prefix and their hardware address.
    var isAutomatic: Bool {
        [ipv6RAMode, ipv6AddressMode].contains { $0 == .slaac || $0 == .stateless }
    }

    /// Whether a port of this device owner may have its addresses.
    func serves(deviceOwner: String) -> Bool {
        serviceTypes.isEmpty || serviceTypes.contains(deviceOwner)
    }

    /// Whether a port may have the address: in the block, and neither the network's own nor the broadcast address.
    ///
    /// IPv6's base address is every router's (RFC 4291, section 2.6.1), so routers alone may have it.
    func permits(_ address: IPAddress, forRouter isRouter: Bool) -> Bool {
        guard prefix.contains(address) else { return false }
        if prefix.hostRange.contains(address) { return true }
        return version == .v6 && isRouter
    }
}

/// Who tells hosts their IPv6 addresses.
///
/// Source: Networking API v2.0, `ipv6_ra_mode`.
enum IPv6Mode: String, Sendable, CaseIterable {
    case slaac
    case stateful = "dhcpv6-stateful"
    case stateless = "dhcpv6-stateless"
}

/// A route that hosts of a subnet are told.
struct HostRoute: Hashable, Sendable {
    var destination: CIDR
    var nextHop: IPAddress
}

extension Subnet {
    /// The address that a host with this hardware address makes by itself; nil unless the subnet is automatic.
    func automaticAddress(for mac: MACAddress) -> IPAddress? {
        guard isAutomatic else { return nil }
        return IPv6Address.eui64(prefix: prefix, mac: mac).map(IPAddress.v6)
    }
}

extension Subnet {
    /// Whether a port of this owner loses its address when the subnet goes, instead of keeping the subnet there.
    func letsGo(ofOwner owner: String) -> Bool {
        DeviceOwner.isDisposable(owner) || (isAutomatic && !DeviceOwner.services.contains(owner))
    }
}
