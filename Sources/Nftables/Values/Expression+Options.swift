internal import CNftnl

/// How a translation chooses ports.
public struct TranslationOptions: OptionSet, Hashable, Sendable {
    /// The kernel's flags.
    public let rawValue: UInt32

    /// Options by the kernel's flags.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A random port, by a hash that is the same for connections of one pair of hosts.
    public static let random = TranslationOptions(rawValue: UInt32(NF_NAT_RANGE_PROTO_RANDOM))
    /// A random port, each time anew.
    public static let fullyRandom = TranslationOptions(rawValue: UInt32(NF_NAT_RANGE_PROTO_RANDOM_FULLY))
    /// The same address for all connections of a host.
    public static let persistent = TranslationOptions(rawValue: UInt32(NF_NAT_RANGE_PERSISTENT))

    /// Those that a rule can ask for; the kernel lists others that it derives.
    static let all: TranslationOptions = [.random, .fullyRandom, .persistent]
}

/// What was done to a connection, as bits of `ct status`.
public struct ConntrackStatus: OptionSet, Hashable, Sendable {
    /// The kernel's flags.
    public let rawValue: UInt32

    /// A status by the kernel's flags.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Its source was translated.
    public static let sourceTranslated = ConntrackStatus(rawValue: UInt32(IPS_SRC_NAT.rawValue))
    /// Its destination was translated.
    public static let destinationTranslated = ConntrackStatus(rawValue: UInt32(IPS_DST_NAT.rawValue))
}
