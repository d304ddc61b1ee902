/// A 128-bit Internet address, without a zone.
///
/// Its order is the order of the addresses as numbers. Source: RFC 4291.
public struct IPv6Address: Hashable, Sendable {
    /// The first eight octets, most significant first: the network half of a /64.
    public let high: UInt64
    /// The last eight octets, most significant first: the interface identifier of a /64.
    public let low: UInt64

    /// The address from its two halves, as numbers in the host's byte order.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The address that is this number, in the host's byte order.
    public init(rawValue: UInt128) {
        high = UInt64(truncatingIfNeeded: rawValue >> 64)
        low = UInt64(truncatingIfNeeded: rawValue)
    }

    /// The address with these octets in network order; nil unless there are exactly sixteen.
    public init?(bytes: some Sequence<UInt8>) {
        guard let number = bigEndianNumber(bytes, count: 16) else { return nil }
        self.init(rawValue: number)
    }

    /// ::, no address, or every address of this host (RFC 4291, section 2.5.2).
    public static let any = IPv6Address(high: 0, low: 0)

    /// The address as a number in the host's byte order.
    public var rawValue: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// The sixteen octets in network order.
    public var bytes: Octets { Octets(high: high, low: low) }

    /// Whether this is ::.
    public var isUnspecified: Bool { high == 0 && low == 0 }

    /// Whether this is ::1 (RFC 4291, section 2.5.3).
    public var isLoopback: Bool { high == 0 && low == 1 }

    /// Whether this lies in ff00::/8 (RFC 4291, section 2.7).
    public var isMulticast: Bool { high >> 56 == 0xff }

    /// Whether this lies in fe80::/10 (RFC 4291, section 2.5.6).
    public var isLinkLocal: Bool { high >> 54 == 0xfe80 >> 6 }

    /// Whether this stands for an IPv4 address, in ::ffff:0:0/96 (RFC 4291, section 2.5.5.2).
    public var isIPv4Mapped: Bool { high == 0 && low >> 32 == 0xffff }

    /// The address that a host with this hardware address makes for itself in a network.
    ///
    /// Nil unless `prefix` is of IPv6 and at most 64 bits long. Source: RFC 4291, appendix A; RFC 4862, section 5.5.3.
    public static func eui64(prefix: CIDR, mac: MACAddress) -> IPv6Address? {
        guard case .v6(let network) = prefix.first, prefix.prefixLength <= 64 else { return nil }
        let vendor = mac.rawValue >> 24
        let device = mac.rawValue & 0xff_ffff
        // The universal/local bit is inverted, and ff:fe stands between the two halves of the hardware address.
        let identifier = (vendor << 40 | 0xfffe << 24 | device) ^ 0x0200_0000_0000_0000
        return IPv6Address(high: network.high, low: identifier)
    }
}

extension IPv6Address: Comparable {
    /// Whether the left address comes first.
    public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    /// The address `distance` further on, or nil where none is.
    public func advanced(by distance: Int) -> IPv6Address? {
        let magnitude = UInt128(distance.magnitude)
        let (sum, overflow) =
            distance < 0
            ? rawValue.subtractingReportingOverflow(magnitude) : rawValue.addingReportingOverflow(magnitude)
        return overflow ? nil : IPv6Address(rawValue: sum)
    }

    /// How far it is to the other address, negative when that comes first; nil beyond the range of `Int`.
    public func distance(to other: IPv6Address) -> Int? {
        let size = self < other ? other.rawValue - rawValue : rawValue - other.rawValue
        guard let magnitude = Int128(exactly: size) else { return nil }
        return Int(exactly: self < other ? magnitude : -magnitude)
    }

    /// The address `distance` further on, which must exist: like a sum of integers, this stops the program on overflow.
    ///
    /// Where that is not known, ask ``advanced(by:)``.
    public static func + (address: IPv6Address, distance: Int) -> IPv6Address {
        guard let sum = address.advanced(by: distance) else { preconditionFailure("address overflow") }
        return sum
    }
}
