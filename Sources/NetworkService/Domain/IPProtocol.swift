/// A protocol above IP by its number.
///
/// Source: IANA, "Protocol Numbers"; the names are those of the Networking API v2.0, "Security group rules".
struct IPProtocol: Hashable, Sendable {
    var number: Int

    private static let names: [String: Int] = [
        "hopopt": 0, "icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "egp": 8, "udp": 17, "dccp": 33, "ipv6-encap": 41,
        "ipv6-route": 43, "ipv6-frag": 44, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "ipv6-icmp": 58,
        "ipv6-nonxt": 59, "ipv6-opts": 60, "ospf": 89, "vrrp": 112, "pgm": 113, "sctp": 132, "udplite": 136,
    ]

    private static let icmp = 1
    private static let icmpv6 = 58
    private static let withPorts: Set<Int> = [6, 17, 33, 132, 136]

    /// The protocol of a name or number in a family; nil for none, and for what is unknown.
    init?(_ text: String, _ ethertype: SecurityGroupRule.Ethertype) {
        guard let known = Self.names[text] ?? Int(text) else { return nil }
        // ICMP of an IPv6 rule is IPv6's own.
        number = known == Self.icmp && ethertype == .ipv6 ? Self.icmpv6 : known
    }

    var isICMP: Bool { number == Self.icmp || number == Self.icmpv6 }
    var hasPorts: Bool { Self.withPorts.contains(number) }

    /// The word that a rule keeps of what was given; empty is any protocol.
    ///
    /// - Throws: `securityGroupInvalidProtocol` for an unknown one, `securityGroupRuleParameterConflict` for one that
    ///   the family does not have.
    static func name(_ given: String, _ ethertype: SecurityGroupRule.Ethertype) throws(NetworkError) -> String {
        let name = given.lowercased()
        if name.isEmpty || name == "any" { return "" }
        guard let known = names[name] ?? Int(name), 0...255 ~= known else {
            throw .securityGroupInvalidProtocol(given)
        }
        if ethertype == .ipv4, name.hasPrefix("ipv6-") || name == "icmpv6" {
            throw .securityGroupRuleParameterConflict("protocol \(name) does not go with ethertype IPv4")
        }
        return name == "icmp" && ethertype == .ipv6 ? "ipv6-icmp" : name
    }
}
