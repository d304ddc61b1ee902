/// A rule of a chain: its steps in their order.
public struct Rule: Hashable, Sendable {
    /// The chain it stands in.
    public var chain: ObjectName
    /// Its steps.
    public var expressions: [Expression]
    /// A note of at most 126 bytes that `nft` shows.
    public var comment: String?

    /// A rule.
    public init(in chain: ObjectName, _ expressions: [Expression], comment: String? = nil) {
        self.chain = chain
        self.expressions = expressions
        self.comment = comment
    }
}

/// A conntrack helper: it reads a protocol such as FTP for the connections that it announces.
public struct ConntrackHelper: Hashable, Sendable {
    /// The object's name, unique among its table's helpers.
    public var name: ObjectName
    /// The kernel's name of the helper, such as `ftp` or `tftp`; at most 15 bytes.
    public var helper: String
    /// The transport protocol's number.
    public var transport: UInt8

    /// A helper.
    public init(_ name: ObjectName, helper: String, transport: UInt8) {
        self.name = name
        self.helper = helper
        self.transport = transport
    }
}

/// All that a table holds.
public struct Ruleset: Hashable, Sendable {
    /// The table.
    public var table: Table
    /// Its sets and maps.
    public var sets: [NamedSet]
    /// Its conntrack helpers.
    public var helpers: [ConntrackHelper]
    /// Its chains.
    public var chains: [Chain]
    /// Its rules; those of one chain in their order.
    public var rules: [Rule]
    /// The elements of its sets and maps.
    public var elements: [ObjectName: [Element]]

    /// A table's content.
    public init(
        _ table: Table,
        sets: [NamedSet] = [],
        helpers: [ConntrackHelper] = [],
        chains: [Chain] = [],
        rules: [Rule] = [],
        elements: [ObjectName: [Element]] = [:]
    ) {
        self.table = table
        self.sets = sets
        self.helpers = helpers
        self.chains = chains
        self.rules = rules
        self.elements = elements
    }
}
