public import Addressing

/// Which connections of one address family to act on: those of which all given parts match.
///
/// A connection has two tuples: the original one as its first packet arrived, and the reply one as the answers come, in
/// which translated addresses are the real ones.
public struct ConntrackFilter: Hashable, Sendable {
    /// The address to which the first packet was sent.
    public var originalDestination: IPAddress?
    /// The address from which the first packet was sent.
    public var originalSource: IPAddress?
    /// The address from which answers come: the host behind a translated destination.
    public var replySource: IPAddress?
    /// The address to which answers go: the translated source.
    public var replyDestination: IPAddress?
    /// The transport protocol's number.
    public var transport: UInt8?
    /// The port to which the first packet was sent, with TCP, UDP and their like.
    public var originalDestinationPort: UInt16?

    /// The family of the addresses, which all must share.
    public let version: IPVersion

    private init(version: IPVersion) {
        self.version = version
    }

    /// Every connection of a family.
    public static func all(_ version: IPVersion) -> ConntrackFilter {
        ConntrackFilter(version: version)
    }

    /// The connections whose first packet was sent to this address.
    public static func to(_ address: IPAddress) -> ConntrackFilter {
        var filter = ConntrackFilter(version: address.version)
        filter.originalDestination = address
        return filter
    }

    /// The connections whose first packet was sent to this address, protocol and port.
    public static func to(_ address: IPAddress, transport: UInt8, port: UInt16) -> ConntrackFilter {
        var filter = to(address)
        filter.transport = transport
        filter.originalDestinationPort = port
        return filter
    }

    /// The connections whose answers come from this address.
    public static func answeredBy(_ address: IPAddress) -> ConntrackFilter {
        var filter = ConntrackFilter(version: address.version)
        filter.replySource = address
        return filter
    }

    /// The connections whose answers go to this address, as those whose source was translated to it.
    public static func answeredTo(_ address: IPAddress) -> ConntrackFilter {
        var filter = ConntrackFilter(version: address.version)
        filter.replyDestination = address
        return filter
    }

    /// Whether an entry matches.
    func matches(_ entry: ConntrackEntry) -> Bool {
        func agrees<Part: Equatable>(_ wanted: Part?, _ part: Part?) -> Bool { wanted == nil || wanted == part }
        return agrees(originalDestination, entry.original.destination)
            && agrees(originalSource, entry.original.source)
            && agrees(replySource, entry.reply.source)
            && agrees(replyDestination, entry.reply.destination)
            && agrees(transport, entry.original.transport)
            && agrees(originalDestinationPort, entry.original.destinationPort)
    }

    /// Whether nothing is asked of an entry but its family.
    var isUnconditional: Bool {
        self == ConntrackFilter(version: version)
    }
}

/// A connection that the kernel tracks.
public struct ConntrackEntry: Hashable, Sendable {
    /// As its first packet arrived.
    public let original: Tuple
    /// As answers come.
    public let reply: Tuple

    /// One direction of a connection.
    public struct Tuple: Hashable, Sendable {
        /// The sender's address.
        public let source: IPAddress
        /// The receiver's address.
        public let destination: IPAddress
        /// The transport protocol's number.
        public let transport: UInt8
        /// The sender's port, where the protocol has ports.
        public let sourcePort: UInt16?
        /// The receiver's port, where the protocol has ports.
        public let destinationPort: UInt16?
    }
}
