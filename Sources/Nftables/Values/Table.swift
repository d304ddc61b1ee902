/// A table of nftables: the room in which all other objects have their names.
public struct Table: Hashable, Sendable {
    /// Which packets its chains see.
    public var family: Family
    /// Its name, unique within the family.
    public var name: ObjectName

    /// A table.
    public init(_ family: Family, _ name: ObjectName) {
        self.family = family
        self.name = name
    }

    /// Which packets a table's chains see.
    public enum Family: Hashable, Sendable, CaseIterable {
        /// IPv4 packets.
        case ip
        /// IPv6 packets.
        case ip6
    }
}

extension Table: CustomStringConvertible {
    /// As `nft` writes it: `table ip sluice`.
    public var description: String { "table \(family) \(name)" }
}
