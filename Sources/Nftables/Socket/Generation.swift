/// The number of a namespace's ruleset: each transaction, whoever commits it, makes it one greater.
///
/// Source: linux/netfilter/nf_tables.h, `NFTA_GEN_ID`.
public struct Generation: RawRepresentable, Hashable, Sendable {
    /// The number.
    public let rawValue: UInt32

    /// The generation with this number.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The generation that a transaction on this one makes.
    ///
    /// The kernel passes over 0.
    public var next: Generation {
        Generation(rawValue: rawValue == .max ? 1 : rawValue + 1)
    }
}
