import Addressing
import KernelTestSupport
import Netlink
import Nftables
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct RulesetTests {
    private let gateway = IPv4Address(203, 0, 113, 2)
    private let floating = IPv4Address(203, 0, 113, 10)
    private let fixed = IPv4Address(10, 0, 0, 10)

    private var elements: [ObjectName: [Element]] {
        var elements = RouterRuleset.floating(floating, to: fixed, id: "6f1c24a5-6b2c-4f4e-8f0a-1f1b3c1a7d10")
        elements["port_forward"] = [
            RouterRuleset.forwarding(floating + 1, 2222, over: 6, to: fixed + 1, 22),
            RouterRuleset.forwarding(floating + 1, 5353, over: 17, to: fixed + 1, 53),
        ]
        return elements
    }

    @Test func `nft shows the router's ruleset as it was meant`() throws {
        try withTables { tables in
            let ruleset = RouterRuleset.with(gateway: gateway, elements: elements)
            try tables.commit { $0.add(ruleset) }
            expectGolden(try tables.listing(), "router.nft")
        }
    }

    @Test func `what nft lists can be loaded again and is then the same`() throws {
        try withTables { tables in
            let ruleset = RouterRuleset.with(gateway: gateway, elements: elements)
            try tables.commit { $0.add(ruleset) }
            let listing = try tables.listing()
            try tables.namespace.run(
                "sh",
                "-c",
                "nft list table ip sluice >/tmp/$$.nft; nft flush ruleset; nft -f /tmp/$$.nft; rm /tmp/$$.nft"
            )
            #expect(try tables.listing() == listing)
            #expect(try tables.read().ruleset == ruleset)
        }
    }

    @Test func `what is read back is what was written`() throws {
        try withTables { tables in
            let ruleset = RouterRuleset.with(gateway: gateway, elements: elements)
            let generation = try tables.commit { $0.add(ruleset) }
            let observed = try tables.read()
            #expect(observed.ruleset == ruleset)
            #expect(observed.generation == generation)
            #expect(Set(observed.rules.map(\.handle)).count == ruleset.rules.count)
        }
    }

    @Test func `what nft wrote is read as the same values`() throws {
        try withTables { tables in
            let ruleset = RouterRuleset.with(gateway: gateway, elements: elements)
            try tables.namespace.run("sh", "-c", "nft -f - <<'END'\n\(Self.ruleset)\nEND")
            #expect(try tables.read().ruleset == ruleset)
        }
    }

    /// The router's ruleset as an administrator would write it.
    private static let ruleset = """
        table ip sluice {
            map fip_dnat { type ipv4_addr : ipv4_addr
                elements = { 203.0.113.10 comment "6f1c24a5-6b2c-4f4e-8f0a-1f1b3c1a7d10" : 10.0.0.10 } }
            map fip_snat { type ipv4_addr : ipv4_addr; elements = { 10.0.0.10 : 203.0.113.10 } }
            map port_forward { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
                elements = { 203.0.113.11 . tcp . 2222 : 10.0.0.11 . 22, 203.0.113.11 . udp . 5353 : 10.0.0.11 . 53 } }
            chain prerouting { type nat hook prerouting priority dstnat; policy accept
                iifname "qr-*" ip daddr 169.254.169.254 meta l4proto tcp th dport 80 redirect to :9697 comment "metadata"
                dnat to ip daddr map @fip_dnat
                dnat ip to ip daddr . meta l4proto . th dport map @port_forward
            }
            chain output { type nat hook output priority -100; policy accept
                dnat to ip daddr map @fip_dnat
            }
            chain postrouting { type nat hook postrouting priority srcnat; policy accept
                oifname != "qg-*" ct status & dnat == 0 accept
                snat to ip saddr map @fip_snat
                oifname "qg-1" snat to 203.0.113.2 fully-random
                iifname != "qg-*" ct status & dnat == dnat snat to 203.0.113.2
            }
        }
        """

    @Test func `every step a rule can have is shown and read back`() throws {
        try withTables { tables in
            let table = Table(.ip, "steps")
            let rules = Self.steps.map { Rule(in: "through", $0) }
            try tables.commit {
                $0.add(table)
                $0.add(.set("known", of: .ipv4Address), to: table)
                $0.add(Chain("through", .init(.filter, .forward, priority: 0, dropsByDefault: true)), to: table)
                $0.add(Chain("side"), to: table)
                for rule in rules { $0.add(rule, to: table) }
            }
            expectGolden(try tables.listing("ip steps"), "steps.nft")
            let observed = try tables.read(table)
            #expect(observed.rules.map(\.rule) == rules)
            #expect(observed.chains.first?.base?.dropsByDefault == true)
        }
    }

    private static let steps: [[Expression]] = [
        .match(.source(.ip), in: "known") + [.counter, .verdict(.accept)],
        .match(.source(.ip), in: "known", isInverted: true) + [.verdict(.jump("side"))],
        .match(.destination(.ip), within: CIDR(IPv4Address(10, 0, 0, 0), 8)) + [.verdict(.goto("side"))],
        .match(.destination(.ip), notWithin: CIDR(IPv4Address(10, 0, 0, 0), 8)) + [.verdict(.return)],
        .match(.originalDestination(.ip), .equal, RegisterValue(IPv4Address(203, 0, 113, 10))) + [.verdict(.drop)],
        .match(.incomingInterface, .equal, .interfaceName("qr-1")) + .setMark(2),
        .setMark(0x10000, mask: 0xffff_0000),
        .matchMark(2) + [.verdict(.accept)],
        .matchMark(2, mask: 0xffff) + [.verdict(.accept)],
        .match([.sourceTranslated, .destinationTranslated]) + [.verdict(.accept)],
        .match(.transport, .equal, .transport(17)) + .match(.sourcePort, .equal, .port(53)) + [.counter],
    ]

    @Test func `a table of IPv6 translates IPv6`() throws {
        try withTables { tables in
            let table = Table(.ip6, "sluice")
            let inside = IPv6Address(high: 0xfd00_0000_0000_0000, low: 1)
            let outside = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x10)
            let ruleset = Ruleset(
                table,
                sets: [
                    .map("npt_dnat", from: .ipv6Address, to: .ipv6Address),
                    .map(
                        "port_forward",
                        from: DataType(.ipv6Address, .transport, .port),
                        to: DataType(.ipv6Address, .port)
                    ),
                ],
                chains: [
                    Chain("prerouting", .init(.nat, .prerouting, priority: -100)),
                    Chain("postrouting", .init(.nat, .postrouting, priority: 100)),
                ],
                rules: [
                    Rule(in: "prerouting", .translate(.destination, .ip6, by: .destination(.ip6), in: "npt_dnat")),
                    Rule(
                        in: "prerouting",
                        .translate(
                            .destination,
                            .ip6,
                            by: .destination(.ip6),
                            .transport,
                            .destinationPort,
                            in: "port_forward",
                            withPort: true
                        )
                    ),
                    Rule(in: "postrouting", .translate(.source, to: .v6(outside))),
                ],
                elements: [
                    "npt_dnat": [Element(RegisterValue(outside), value: RegisterValue(inside))],
                    "port_forward": [
                        Element(
                            .concatenation(RegisterValue(outside), .transport(6), .port(80)),
                            value: .concatenation(RegisterValue(inside), .port(8080))
                        )
                    ],
                ]
            )
            try tables.commit { $0.add(ruleset) }
            #expect(try tables.read(table).ruleset == ruleset)
            expectGolden(try tables.listing("ip6 sluice"), "router6.nft")
        }
    }

    @Test func `a conntrack helper is made and assigned`() throws {
        try withTables { tables in
            let ruleset = Ruleset(
                Table(.ip, "with_helpers"),
                helpers: [ConntrackHelper("ftp-21", helper: "ftp", transport: 6)],
                chains: [Chain("raw_prerouting", .init(.filter, .prerouting, priority: -150))],
                rules: [
                    Rule(
                        in: "raw_prerouting",
                        .match(.transport, .equal, .transport(6)) + .match(.destinationPort, .equal, .port(21))
                            + [.assignHelper("ftp-21")]
                    )
                ]
            )
            if let error = tables.failure(of: { $0.add(ruleset) }) {
                // The kernel has neither the helper nor its module: it says so, and did nothing.
                #expect(error.number == .notFound)
                #expect(refusals(error).first?.request == "add ct helper ftp-21 in table ip with_helpers")
                let left = try tables.socket.tables()
                #expect(left.isEmpty)
                return
            }
            #expect(try tables.read(ruleset.table).ruleset == ruleset)
            expectGolden(try tables.listing("ip with_helpers"), "helpers.nft")
        }
    }

    @Test func `counters are read beside their rules`() throws {
        try withTables { tables in
            let table = Table(.ip, "counts")
            let rule = Rule(in: "out", [.counter])
            try tables.commit {
                $0.add(table)
                $0.add(Chain("out", .init(.filter, .output, priority: 0)), to: table)
                $0.add(rule, to: table)
            }
            #expect(tables.namespace.pings(.v4(.init(127, 0, 0, 1))))
            let observed = try #require(try tables.read(table).rules.first)
            #expect(observed.rule == rule)
            #expect(observed.counts.first.map { $0.packets >= 2 } == true)
        }
    }

    @Test func `a step of an unknown kind is seen and not mistaken`() throws {
        try withTables { tables in
            try tables.namespace.run("nft", "add", "table", "ip", "foreign")
            try tables.namespace.run("nft", "add", "chain", "ip", "foreign", "c")
            try tables.namespace.run("nft", "add", "rule", "ip", "foreign", "c", "limit", "rate", "5/second", "accept")
            let rules = try tables.read(Table(.ip, "foreign")).rules
            #expect(rules.first?.rule.expressions == [.unknown("limit"), .verdict(.accept)])
        }
    }
}

extension CIDR {
    /// The prefix that a test writes, which must be one.
    fileprivate init(_ address: IPv4Address, _ length: Int) {
        guard let prefix = CIDR(address: .v4(address), prefixLength: length) else { preconditionFailure("no prefix") }
        self = prefix
    }
}
