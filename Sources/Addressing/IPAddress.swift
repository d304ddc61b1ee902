/// An Internet address of either family.
///
/// Every IPv4 address comes before every IPv6 address; within a family the order is that of the numbers.
public enum IPAddress: Hashable, Sendable {
    /// A 32-bit address.
    case v4(IPv4Address)
    /// A 128-bit address.
    case v6(IPv6Address)

    /// The address with these octets in network order; nil unless there are 4 (IPv4) or 16 (IPv6).
    public init?(bytes: some Collection<UInt8>) {
        if let address = IPv4Address(bytes: bytes) {
            self = .v4(address)
        } else if let address = IPv6Address(bytes: bytes) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    /// The address with these octets in network order; nil unless there are 4 (IPv4) or 16 (IPv6).
    public init?(bytes: RawSpan) {
        switch bytes.byteCount {
        case 4: self.init(version: .v4, number: bigEndianNumber(bytes))
        case 16: self.init(version: .v6, number: bigEndianNumber(bytes))
        default: return nil
        }
    }

    /// The address of a family that is this number, which must fit.
    init(version: IPVersion, number: UInt128) {
        switch version {
        case .v4: self = .v4(IPv4Address(rawValue: UInt32(number)))
        case .v6: self = .v6(IPv6Address(rawValue: number))
        }
    }

    /// The address as a number, whatever its family.
    var number: UInt128 {
        switch self {
        case .v4(let address): UInt128(address.rawValue)
        case .v6(let address): address.rawValue
        }
    }

    /// 0.0.0.0 or ::.
    public static func any(_ version: IPVersion) -> IPAddress {
        IPAddress(version: version, number: 0)
    }

    /// The address's family.
    public var version: IPVersion {
        switch self {
        case .v4: .v4
        case .v6: .v6
        }
    }

    /// The four or sixteen octets in network order.
    public var bytes: Octets {
        switch self {
        case .v4(let address): address.bytes
        case .v6(let address): address.bytes
        }
    }

    /// Whether this is 0.0.0.0 or ::.
    public var isUnspecified: Bool { number == 0 }

    /// Whether this is the address of a group: 224.0.0.0/4 or ff00::/8.
    public var isMulticast: Bool {
        switch self {
        case .v4(let address): address.isMulticast
        case .v6(let address): address.isMulticast
        }
    }

    /// Whether this has a meaning on one link only: 169.254.0.0/16 or fe80::/10.
    public var isLinkLocal: Bool {
        switch self {
        case .v4(let address): address.isLinkLocal
        case .v6(let address): address.isLinkLocal
        }
    }

    /// Whether this stands for the host itself: 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        switch self {
        case .v4(let address): address.isLoopback
        case .v6(let address): address.isLoopback
        }
    }
}

extension IPAddress: Comparable {
    /// Whether the left address comes first.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }

    /// The address of the same family `distance` further on, or nil where none is.
    public func advanced(by distance: Int) -> IPAddress? {
        switch self {
        case .v4(let address): address.advanced(by: distance).map(IPAddress.v4)
        case .v6(let address): address.advanced(by: distance).map(IPAddress.v6)
        }
    }

    /// How far it is to the other address, negative when that comes first.
    ///
    /// Nil between the families and beyond the range of `Int`.
    public func distance(to other: IPAddress) -> Int? {
        switch (self, other) {
        case (.v4(let start), .v4(let end)): start.distance(to: end)
        case (.v6(let start), .v6(let end)): start.distance(to: end)
        case (.v4, .v6), (.v6, .v4): nil
        }
    }

    /// The address `distance` further on, which must exist: like a sum of integers, this stops the program on overflow.
    ///
    /// Where that is not known, ask ``advanced(by:)``.
    public static func + (address: IPAddress, distance: Int) -> IPAddress {
        guard let sum = address.advanced(by: distance) else { preconditionFailure("address overflow") }
        return sum
    }
}

extension IPAddress: LosslessStringConvertible {
    /// The address in its family's canonical form.
    public var description: String {
        String(utf8Capacity: 39) { write(to: &$0) }
    }

    /// The address in a text form of either family; nil for any other text.
    @inlinable public init?(_ text: some StringProtocol) {
        guard let address = withUTF8(of: text, { IPAddress(utf8: $0) }) else { return nil }
        self = address
    }

    @usableFromInline init?(utf8 text: Span<UInt8>) {
        var position = 0
        guard let address = IPAddress(readingFrom: text, at: &position), position == text.count else { return nil }
        self = address
    }

    /// Reads an address and moves `position` behind it; nil where none stands.
    init?(readingFrom text: Span<UInt8>, at position: inout Int) {
        let start = position
        if let address = IPv4Address(readingFrom: text, at: &position) {
            self = .v4(address)
            return
        }
        position = start
        guard let address = IPv6Address(readingFrom: text, at: &position) else { return nil }
        self = .v6(address)
    }

    func write(to text: inout OutputSpan<UInt8>) {
        switch self {
        case .v4(let address): address.write(to: &text)
        case .v6(let address): address.write(to: &text)
        }
    }
}
