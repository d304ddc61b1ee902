internal import Addressing
internal import ResourceModel

/// The addresses that a request wants for a port.
enum AddressWish: Hashable, Sendable {
    /// One of each family that the network's subnets have.
    case automatic
    /// One IPv4 address.
    case oneIPv4
    /// Exactly these; none when empty.
    case given([Entry])

    /// One address: of a subnet, or a certain one, or a certain one of a subnet.
    struct Entry: Hashable, Sendable {
        var subnetID: SubnetID?
        var address: IPAddress?
    }
}

/// One address to be allocated.
enum AddressChoice: Hashable, Sendable {
    /// This one.
    case exact(FixedAddress)
    /// The one that a host makes of the subnet's prefix and the port's hardware address.
    case derived(SubnetID)
    /// Any free one of the pools of the first of these subnets that has one.
    case any([SubnetID])
}

extension AddressWish {
    /// The subnets that it names.
    var namedSubnets: [SubnetID] {
        if case .given(let entries) = self { entries.compactMap(\.subnetID) } else { [] }
    }
}
