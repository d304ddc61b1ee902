/// One step of a rule: it loads, compares, looks up or acts.
///
/// A comparison or lookup that fails ends the rule.
public enum Expression: Hashable, Sendable {
    /// Loads bytes of the packet.
    case payload(Payload, into: Register)
    /// Loads something the kernel knows about the packet.
    case meta(MetaKey, into: Register)
    /// Sets the packet's mark.
    case setMeta(MetaKey, from: Register)
    /// Loads something about the packet's connection; `direction` for what the two directions have each.
    case conntrack(ConntrackKey, direction: Direction?, into: Register)
    /// Goes on if the register compares so with the value; a shorter value is compared with the register's beginning.
    case compare(Register, Comparison, RegisterValue)
    /// Masks and flips bits: `(from & mask) ^ flips`.
    case bitwise(from: Register, into: Register, mask: RegisterValue, flips: RegisterValue)
    /// Goes on if the set has the key (`isInverted`: has not); with `into`, loads what the map has for it.
    case lookup(ObjectName, key: Register, into: Register? = nil, isInverted: Bool = false)
    /// Loads a constant.
    case immediate(RegisterValue, into: Register)
    /// Decides what becomes of the packet.
    case verdict(Verdict)
    /// Chooses a new address, and perhaps port, for the connection.
    case translate(Translation)
    /// Sends the connection to this host, at the port in the register where one is given.
    case redirect(port: Register?, TranslationOptions = [])
    /// Gives the connection the address of the interface by which it leaves.
    case masquerade(TranslationOptions = [])
    /// Counts packets and bytes.
    case counter
    /// Gives the connection the conntrack helper of this name.
    case assignHelper(ObjectName)
    /// A step of a kind that has no case here, seen in a listing: its name for the kernel. It cannot be written.
    case unknown(String)

    /// Sixteen registers of four bytes; a longer value takes several.
    public struct Register: Hashable, Sendable {
        /// Its position, 0…15.
        public let position: Int

        /// The register at a position, 0…15.
        public init(_ position: Int) {
            precondition((0..<16).contains(position), "no such register")
            self.position = position
        }

        /// The register with which most rules begin.
        public static let first = Register(0)
    }

    /// Bytes of a packet.
    public struct Payload: Hashable, Sendable {
        /// From where the offset counts.
        public var base: Base
        /// The first byte.
        public var offset: UInt32
        /// The number of bytes.
        public var length: UInt32

        /// Bytes of a packet.
        public init(_ base: Base, offset: UInt32, length: UInt32) {
            self.base = base
            self.offset = offset
            self.length = length
        }

        /// From where an offset counts.
        public enum Base: Hashable, Sendable, CaseIterable {
            /// The link's header.
            case link
            /// The IP header.
            case network
            /// The header of TCP, UDP and their like.
            case transport
        }
    }

    /// Something the kernel knows about a packet.
    public enum MetaKey: Hashable, Sendable, CaseIterable {
        /// The number of the interface by which it came.
        case incomingInterface
        /// The number of the interface by which it leaves.
        case outgoingInterface
        /// The name of the interface by which it came, in 16 bytes.
        case incomingInterfaceName
        /// The name of the interface by which it leaves, in 16 bytes.
        case outgoingInterfaceName
        /// Its transport protocol's number, in one byte.
        case transport
        /// Its mark.
        case mark
    }

    /// Something about a connection.
    public enum ConntrackKey: Hashable, Sendable, CaseIterable {
        /// Whether the packet begins a connection, belongs to one …
        case state
        /// What was done to it: the bits of ``ConntrackStatus``.
        case status
        /// Its mark.
        case mark
        /// A direction's IPv4 source.
        case ipv4Source
        /// A direction's IPv4 destination.
        case ipv4Destination
        /// A direction's IPv6 source.
        case ipv6Source
        /// A direction's IPv6 destination.
        case ipv6Destination
        /// A direction's destination port.
        case destinationPort
    }

    /// A direction of a connection.
    public enum Direction: Hashable, Sendable {
        /// That of its first packet.
        case original
        /// That of the answers.
        case reply
    }

    /// How a register compares with a value.
    public enum Comparison: Hashable, Sendable {
        /// It is the same.
        case equal
        /// It is another.
        case notEqual
    }

    /// What becomes of a packet.
    public enum Verdict: Hashable, Sendable {
        /// No further rule of this chain is asked.
        case accept
        /// It vanishes.
        case drop
        /// The calling chain goes on, or the base chain's policy decides.
        case `return`
        /// Another chain is asked, then this one goes on.
        case jump(ObjectName)
        /// Another chain is asked instead.
        case goto(ObjectName)
    }

    /// A new address, and perhaps port, for a connection.
    public struct Translation: Hashable, Sendable {
        /// Which end gets it.
        public var end: End
        /// The family of the address.
        public var family: Table.Family
        /// Where the address is loaded.
        public var address: Register?
        /// Where the port is loaded.
        public var port: Register?
        /// How ports are chosen.
        public var options: TranslationOptions

        /// A translation.
        public init(
            _ end: End,
            _ family: Table.Family,
            address: Register?,
            port: Register? = nil,
            options: TranslationOptions = []
        ) {
            self.end = end
            self.family = family
            self.address = address
            self.port = port
            self.options = options
        }

        /// An end of a connection.
        public enum End: Hashable, Sendable {
            /// The sender of its first packet.
            case source
            /// The receiver of its first packet.
            case destination
        }
    }
}
