/// An address with the length of its network's prefix: `192.0.2.0/24`, `2001:db8::/64`.
///
/// It serves for a network and for an address on an interface: bits behind the prefix are kept, and ``network`` clears
/// them. Two values are equal only when those bits are, too. Source: RFC 4632, section 3.1.
public struct CIDR: Hashable, Sendable {
    /// The address as given, with its host bits.
    public let address: IPAddress
    /// How many leading bits name the network: 0…32 for IPv4, 0…128 for IPv6.
    public let prefixLength: Int

    /// The address with this prefix length; nil when the length is negative or longer than the address.
    public init?(address: IPAddress, prefixLength: Int) {
        guard prefixLength >= 0, prefixLength <= address.version.bitWidth else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    /// The prefix that holds just this address: /32 or /128.
    public init(host address: IPAddress) {
        self.address = address
        prefixLength = address.version.bitWidth
    }

    private init(version: IPVersion, number: UInt128, prefixLength: Int) {
        address = IPAddress(version: version, number: number)
        self.prefixLength = prefixLength
    }

    /// The network's family.
    public var version: IPVersion { address.version }

    /// The same prefix without host bits.
    public var network: CIDR {
        CIDR(version: version, number: address.number & ~hostMask, prefixLength: prefixLength)
    }

    /// Whether a bit behind the prefix is set, so that this is not the plain name of a network.
    public var hasHostBits: Bool { address.number & hostMask != 0 }

    /// The network's first address: its own address in IPv4, the routers' anycast address in IPv6.
    public var first: IPAddress { network.address }

    /// The network's last address: in IPv4 that of the broadcast, unless the prefix is /31 or /32.
    public var last: IPAddress { IPAddress(version: version, number: address.number | hostMask) }

    /// The prefix as an address: 255.255.255.0 for an IPv4 /24.
    public var netmask: IPAddress {
        IPAddress(version: version, number: ~hostMask & CIDR.allOnes(version))
    }

    /// The addresses that hosts may have.
    ///
    /// In IPv4 all but the network's own and the broadcast address, which /31 and /32 do not have (RFC 3021). In IPv6
    /// all but the first, the routers' anycast address (RFC 4291, section 2.6.1), which /127 (RFC 6164) and /128 do not
    /// have.
    public var hostRange: AddressRange {
        let first = first.number
        let last = last.number
        guard last - first > 1 else { return AddressRange(version: version, numbers: first...last) }
        return AddressRange(version: version, numbers: (first + 1)...(version == .v4 ? last - 1 : last))
    }

    /// Whether the address lies in the network; false for the other family.
    public func contains(_ other: IPAddress) -> Bool {
        version == other.version && (address.number ^ other.number) & ~hostMask == 0
    }

    /// Whether all of the other network lies in this one, as it does when they are the same.
    public func contains(_ other: CIDR) -> Bool {
        prefixLength <= other.prefixLength && contains(other.address)
    }

    /// Whether the networks share an address; one of them then contains the other.
    public func overlaps(_ other: CIDR) -> Bool {
        contains(other) || other.contains(self)
    }

    /// The bits behind the prefix.
    private var hostMask: UInt128 {
        // A shift by the whole width gives zero.
        ~(UInt128.max << UInt128(version.bitWidth - prefixLength))
    }

    private static func allOnes(_ version: IPVersion) -> UInt128 {
        UInt128.max >> UInt128(128 - version.bitWidth)
    }
}

extension CIDR: Comparable {
    /// Whether the left prefix comes first: by address, then the shorter before the longer.
    public static func < (left: CIDR, right: CIDR) -> Bool {
        left.address != right.address ? left.address < right.address : left.prefixLength < right.prefixLength
    }
}

extension CIDR: LosslessStringConvertible {
    /// The address in its canonical form, `/`, and the prefix length.
    public var description: String {
        String(utf8Capacity: 43) { text in
            address.write(to: &text)
            text.write("/")
            text.writeDecimal(UInt8(prefixLength))
        }
    }

    /// The prefix in the form `address/length`; nil for any other text, also for an address alone.
    ///
    /// Host bits are kept; netmasks (`/255.255.255.0`) and lengths with leading zeros are refused.
    @inlinable public init?(_ text: some StringProtocol) {
        guard let prefix = withUTF8(of: text, { CIDR(utf8: $0) }) else { return nil }
        self = prefix
    }

    @usableFromInline init?(utf8 text: Span<UInt8>) {
        var position = 0
        guard let address = IPAddress(readingFrom: text, at: &position), text.has("/", at: position) else { return nil }
        position += 1
        guard let length = text.readDecimal(at: &position, limit: UInt32(address.version.bitWidth)),
            position == text.count
        else { return nil }
        self.init(address: address, prefixLength: Int(length))
    }
}
