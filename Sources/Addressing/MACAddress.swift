/// A 48-bit hardware address.
///
/// Source: IEEE 802, section 8; RFC 9542.
public struct MACAddress: Hashable, Sendable {
    /// The address as a number of 48 bits, the octet that is sent first in the highest.
    public let rawValue: UInt64

    /// The address that is this number; nil when it has more than 48 bits.
    public init?(rawValue: UInt64) {
        guard rawValue >> 48 == 0 else { return nil }
        self.rawValue = rawValue
    }

    /// The address with these octets in the order of sending; nil unless there are exactly six.
    public init?(bytes: some Sequence<UInt8>) {
        guard let number = bigEndianNumber(bytes, count: 6) else { return nil }
        rawValue = UInt64(number)
    }

    /// The address with these octets in the order of sending; nil unless there are exactly six.
    public init?(bytes: RawSpan) {
        guard bytes.byteCount == 6 else { return nil }
        rawValue = UInt64(bigEndianNumber(bytes))
    }

    /// An address with the given first three octets and random others.
    ///
    /// Use a locally administered prefix (the second lowest bit of the first octet set), as Neutron's fa:16:3e is.
    public init(prefix: (UInt8, UInt8, UInt8), using generator: inout some RandomNumberGenerator) {
        let vendor = UInt64(prefix.0) << 16 | UInt64(prefix.1) << 8 | UInt64(prefix.2)
        rawValue = vendor << 24 | generator.next() & 0xff_ffff
    }

    /// ff:ff:ff:ff:ff:ff, which reaches every station on the link.
    public static let broadcast = MACAddress(uncheckedValue: 0xffff_ffff_ffff)

    private init(uncheckedValue: UInt64) {
        rawValue = uncheckedValue
    }

    /// The six octets in the order of sending.
    public var bytes: Octets { Octets(rawValue, count: 6) }

    /// Whether this is 00:00:00:00:00:00, which no station has.
    public var isZero: Bool { rawValue == 0 }

    /// Whether this addresses a group of stations, as the broadcast address does.
    public var isMulticast: Bool { rawValue >> 40 & 1 == 1 }

    /// Whether this was given by a local administrator or program instead of the hardware's vendor.
    public var isLocallyAdministered: Bool { rawValue >> 40 & 2 == 2 }
}

extension MACAddress: Comparable {
    /// Whether the left address comes first, as a number.
    public static func < (left: MACAddress, right: MACAddress) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension MACAddress: LosslessStringConvertible {
    /// The address in lower case with colons: `fa:16:3e:00:00:01`.
    public var description: String {
        String(utf8Capacity: 17) { text in
            for (index, octet) in bytes.enumerated() {
                if index > 0 { text.write(":") }
                text.writeHexOctet(octet)
            }
        }
    }

    /// The address as six pairs of hexadecimal digits, in either case, all with `:` or all with `-` between them; nil
    /// for any other text.
    @inlinable public init?(_ text: some StringProtocol) {
        guard let address = withUTF8(of: text, { MACAddress(utf8: $0) }) else { return nil }
        self = address
    }

    @usableFromInline init?(utf8 text: Span<UInt8>) {
        guard text.count == 17 else { return nil }
        let separator = text[2]
        guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-") else { return nil }
        var value: UInt64 = 0
        var position = 0
        while true {
            guard let octet = text.readHexOctet(at: &position) else { return nil }
            value = value << 8 | UInt64(octet)
            if position == text.count { break }
            guard text[position] == separator else { return nil }
            position += 1
        }
        rawValue = value
    }
}
