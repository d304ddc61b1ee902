/// What the bytes of a set's keys or data mean.
///
/// The kernel only knows their number; `nft` shows and reads them by this.
public struct DataType: Hashable, Sendable {
    /// The parts, each in registers of its own.
    public let parts: [Part]

    /// A type of these parts in their order; at most five.
    public init(_ parts: Part...) {
        self.parts = parts
    }

    init(parts: [Part]) {
        self.parts = parts
    }

    /// One IPv4 address.
    public static let ipv4Address = DataType(.ipv4Address)
    /// One IPv6 address.
    public static let ipv6Address = DataType(.ipv6Address)

    /// A part of a type.
    ///
    /// Its number is nft's own; six bits of it make up a concatenation's.
    ///
    /// Source: nftables, include/datatype.h, `enum datatypes`.
    public enum Part: UInt32, Hashable, Sendable, CaseIterable {
        /// An IPv4 address.
        case ipv4Address = 7
        /// An IPv6 address.
        case ipv6Address = 8
        /// A transport protocol's number.
        case transport = 12
        /// A port.
        case port = 13
        /// A packet's mark, in the host's byte order.
        case mark = 19
        /// An interface's number, in the host's byte order.
        case interfaceIndex = 20
        /// An interface's name.
        case interfaceName = 41
    }

    /// The number that the kernel keeps for nft.
    var number: UInt32 {
        parts.reduce(0) { $0 << 6 | $1.rawValue }
    }

    /// The bytes a value takes: for a single part its own, for several those of their registers.
    public var byteCount: Int {
        guard parts.count > 1 else { return parts.first?.byteCount ?? 0 }
        return parts.reduce(0) { $0 + ($1.byteCount + 3) & ~3 }
    }

    /// The type that nft's number stands for; nil when a part of it is none of ours.
    init?(number: UInt32) {
        var parts: [Part] = []
        var rest = number
        while rest != 0 {
            guard let part = Part(rawValue: rest & 0x3f) else { return nil }
            parts.insert(part, at: 0)
            rest >>= 6
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }
}

extension DataType.Part {
    /// The bytes a value takes.
    var byteCount: Int {
        switch self {
        case .ipv4Address, .mark, .interfaceIndex: 4
        case .ipv6Address, .interfaceName: 16
        case .transport: 1
        case .port: 2
        }
    }

    /// Whether the bytes are in the host's order.
    var isInHostOrder: Bool {
        switch self {
        case .mark, .interfaceIndex, .interfaceName: true
        case .ipv4Address, .ipv6Address, .transport, .port: false
        }
    }
}
