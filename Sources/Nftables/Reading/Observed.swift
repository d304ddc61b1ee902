/// A rule as the kernel shows it.
public struct ObservedRule: Hashable, Sendable {
    /// The rule; equal to the one that was added, if this room's values say all of it.
    public let rule: Rule
    /// The kernel's number of it, unique within its table for ever.
    public let handle: UInt64
    /// What its counters counted, in their order.
    public let counts: [Count]

    /// What a counter counted.
    public struct Count: Hashable, Sendable {
        /// Packets.
        public let packets: UInt64
        /// Bytes of their IP datagrams.
        public let bytes: UInt64
    }
}

/// A table as the kernel shows it, in one consistent state.
public struct ObservedTable: Hashable, Sendable {
    /// The generation that it was read in.
    public let generation: Generation
    /// The table.
    public let table: Table
    /// Its chains.
    public let chains: [Chain]
    /// Its rules; those of one chain in their order.
    public let rules: [ObservedRule]
    /// Its sets and maps, but for those whose types have no value here.
    public let sets: [NamedSet]
    /// The elements of the sets and maps above, each in the order of the keys.
    public let elements: [ObjectName: [Element]]
    /// Its conntrack helpers.
    public let helpers: [ConntrackHelper]

    /// What it holds, for comparison with what it should hold.
    public var ruleset: Ruleset {
        Ruleset(
            table,
            sets: sets,
            helpers: helpers,
            chains: chains,
            rules: rules.map(\.rule),
            elements: elements
        )
    }
}
