import Addressing
import Netlink
import Testing

extension CIDR {
    /// The prefix that a test writes, which must be one.
    static func of(_ text: String) throws -> CIDR { try #require(CIDR(text)) }
}

extension IPAddress {
    /// The address that a test writes, which must be one.
    static func of(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
}

extension IPv6Address {
    /// The address that a test writes, which must be one.
    static func of(_ text: String) throws -> IPv6Address { try #require(IPv6Address(text)) }
}

extension MACAddress {
    /// The address that a test writes, which must be one.
    static func of(_ text: String) throws -> MACAddress { try #require(MACAddress(text)) }
}

/// The refusals that an error reports; none for another error.
func refusals(_ error: (any Error)?) -> [NetlinkError.Refusal] {
    guard case .refused(let refusals)? = error as? NetlinkError else { return [] }
    return refusals
}
