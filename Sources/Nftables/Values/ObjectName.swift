/// The name of a table, chain, rule's set or object that `nft` can read back.
///
/// A word of nft's own language is no name: the kernel would take it, but no listing with it could be loaded again.
public struct ObjectName: Hashable, Sendable {
    /// The name's text.
    public let text: String

    /// The name; nil when it is empty, longer than 255 bytes, holds other characters than letters, digits, `_`, `.`,
    /// `-` and `/`, does not begin with a letter, or is a word of nft's language.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, first.isLetter, bytes.count <= 255 else { return nil }
        guard bytes.allSatisfy({ $0.isLetter || $0.isDigit || "_.-/".utf8.contains($0) }) else { return nil }
        guard !Self.reservedWords.contains(text) else { return nil }
        self.text = text
    }

    /// A name that the kernel lists, whoever gave it.
    init(listed text: String) {
        self.text = text
    }
}

extension ObjectName: ExpressibleByStringLiteral {
    /// The name in a program's text, which must be one.
    public init(stringLiteral text: String) {
        guard let name = ObjectName(text) else { preconditionFailure("\(text) is no name for nftables") }
        self = name
    }
}

extension ObjectName: CustomStringConvertible {
    /// The name's text.
    public var description: String { text }
}

extension UInt8 {
    fileprivate var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    fileprivate var isDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}

extension ObjectName {
    /// The words of nft's language that look like names.
    ///
    /// Source: nftables 1.0.6, src/scanner.l.
    static let reservedWords: Set<String> = [
        "accept", "add", "addr", "ah", "all", "and", "arp", "at", "audit", "bridge", "burst", "bytes", "cache",
        "ceiling",
        "cgroup", "chain", "chains", "class", "comment", "comp", "constant", "continue", "count", "counter", "counters",
        "create", "ct", "daddr", "day", "dccp", "debug", "define", "delete", "describe", "destroy", "device", "devices",
        "dnat", "drop", "dscp", "dst", "dup", "dynamic", "eq", "ecn", "element", "elements", "encoding", "error", "esp",
        "ether", "exists", "expectation", "expires", "export", "exthdr", "fib", "flags", "floor", "flow", "flowtable",
        "flowtables", "flush", "forever", "frag", "fully-random", "fwd", "gateway", "ge", "geneve", "gre", "gretap",
        "goto", "gt", "hash", "hbh", "helper", "helpers", "hook", "hour", "hoplimit", "icmp", "icmpv6", "id", "igmp",
        "iif", "iifgroup", "iifname", "iiftype", "import", "in", "include", "inet", "ingress", "insert", "interval",
        "ip",
        "ip6", "ipsec", "jhash", "json", "jump", "kbytes", "key", "l4proto", "label", "last", "le", "length", "level",
        "limit", "list", "log", "lshift", "lt", "mac", "map", "maps", "mark", "masquerade", "mbytes", "meta", "meter",
        "meters", "mh", "minute", "missing", "mod", "monitor", "ne", "netdev", "never", "nexthop", "nfproto", "nfqueue",
        "nftrace", "notrack", "numgen", "offset", "oif", "oifgroup", "oifname", "oiftype", "options", "original", "osf",
        "over", "packet", "packets", "performance", "persistent", "pkttype", "policy", "position", "prefix",
        "priority", "proto", "protocol", "queue", "quota", "random", "rate", "redefine", "redirect", "reject", "rename",
        "replace", "reply", "reset", "return", "rshift", "rt", "rtclassid", "rule", "rules", "ruleset", "saddr", "sctp",
        "second", "secmark", "secmarks", "secpath", "set", "sets", "size", "skgid", "skuid", "snaplen", "snat",
        "socket",
        "src", "state", "status", "synproxy", "synproxys", "table", "tables", "tcp", "th", "time", "timeout",
        "timeouts",
        "tproxy", "transparent", "type", "typeof", "udp", "udplite", "unknown", "until", "update", "used", "version",
        "vlan", "vmap", "vxlan", "week", "wildcard", "xml", "xor", "zone",
    ]
}
