/// A 32-bit Internet address.
///
/// Its order is the order of the addresses as numbers. Source: RFC 791.
public struct IPv4Address: Hashable, Sendable {
    /// The address as a number in the host's byte order: 10.0.0.1 is 0x0a000001.
    public let rawValue: UInt32

    /// The address that is this number, in the host's byte order.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The address whose four octets lie in memory in network order, as packets and kernel structures hold it.
    public init(bigEndian: UInt32) {
        rawValue = UInt32(bigEndian: bigEndian)
    }

    /// The address `a.b.c.d`.
    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        rawValue = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    }

    /// The address with these octets in network order; nil unless there are exactly four.
    public init?(bytes: some Sequence<UInt8>) {
        guard let number = bigEndianNumber(bytes, count: 4) else { return nil }
        rawValue = UInt32(number)
    }

    /// 0.0.0.0: no address, or every address of this host (RFC 1122, section 3.2.1.3).
    public static let any = IPv4Address(rawValue: 0)

    /// The number to store so that its octets lie in memory in network order.
    public var bigEndian: UInt32 { rawValue.bigEndian }

    /// The four octets in network order.
    public var bytes: Octets { Octets(UInt64(rawValue), count: 4) }

    /// Whether this is 0.0.0.0.
    public var isUnspecified: Bool { rawValue == 0 }

    /// Whether this lies in 224.0.0.0/4 (RFC 5771).
    public var isMulticast: Bool { rawValue >> 28 == 0xe }

    /// Whether this lies in 169.254.0.0/16 (RFC 3927).
    public var isLinkLocal: Bool { rawValue >> 16 == 0xa9fe }

    /// Whether this lies in 127.0.0.0/8 (RFC 1122, section 3.2.1.3).
    public var isLoopback: Bool { rawValue >> 24 == 127 }
}

extension IPv4Address: Comparable {
    /// Whether the left address comes first.
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The address `distance` further on, or nil where none is.
    public func advanced(by distance: Int) -> IPv4Address? {
        let (sum, overflow) = Int(rawValue).addingReportingOverflow(distance)
        guard !overflow, let rawValue = UInt32(exactly: sum) else { return nil }
        return IPv4Address(rawValue: rawValue)
    }

    /// How far it is to the other address; negative when that comes first.
    public func distance(to other: IPv4Address) -> Int {
        Int(other.rawValue) - Int(rawValue)
    }

    /// The address `distance` further on, which must exist: like a sum of integers, this stops the program on overflow.
    ///
    /// Where that is not known, ask ``advanced(by:)``.
    public static func + (address: IPv4Address, distance: Int) -> IPv4Address {
        guard let sum = address.advanced(by: distance) else { preconditionFailure("address overflow") }
        return sum
    }
}

extension IPv4Address: LosslessStringConvertible {
    /// The address as a dotted quad: `192.0.2.1`.
    public var description: String {
        String(utf8Capacity: 15) { write(to: &$0) }
    }

    /// The address in a dotted quad of decimal numbers; nil for any other text.
    ///
    /// Numbers with leading zeros are refused, because some read them as octal. Source: RFC 6943, section 3.1.1.
    @inlinable public init?(_ text: some StringProtocol) {
        guard let address = withUTF8(of: text, { IPv4Address(utf8: $0) }) else { return nil }
        self = address
    }

    /// The address in the UTF-8 octets of a dotted quad; nil for any other text.
    public init?(utf8 text: Span<UInt8>) {
        var position = 0
        guard let address = IPv4Address(readingFrom: text, at: &position), position == text.count else { return nil }
        self = address
    }

    /// Reads a dotted quad and moves `position` behind it; nil where none stands.
    init?(readingFrom text: Span<UInt8>, at position: inout Int) {
        var value: UInt32 = 0
        for index in 0..<4 {
            if index > 0 {
                guard text.has(".", at: position) else { return nil }
                position += 1
            }
            guard let octet = text.readDecimal(at: &position, limit: 255) else { return nil }
            value = value << 8 | octet
        }
        self.init(rawValue: value)
    }

    func write(to text: inout OutputSpan<UInt8>) {
        for index in 0..<4 {
            if index > 0 { text.write(".") }
            text.writeDecimal(UInt8(truncatingIfNeeded: rawValue >> UInt32(24 - index * 8)))
        }
    }
}
