import Addressing
import KernelTestSupport
import Netlink
import Nftables
import Testing

/// Packets that really cross a router with the ruleset of `RouterRuleset`.
@Suite(.needsKernel, .tags(.kernel)) struct TranslatedTrafficTests {
    private static let gateway = IPv4Address(203, 0, 113, 2)
    private static let floating = IPv4Address(203, 0, 113, 10)
    private static let fixed = IPv4Address(10, 0, 0, 10)
    private static let outsider = IPv4Address(203, 0, 113, 99)
    private static let neighbour = IPv4Address(10, 0, 1, 20)

    /// A router with two networks inside and one outside.
    private struct Site: ~Copyable {
        /// The host with the fixed address.
        let inside: ScratchNamespace
        /// A host in the router's other network.
        let other: ScratchNamespace
        let outside: ScratchNamespace
        var router: TableOwner
        let connections: Connections

        mutating func commit(_ build: (inout NftablesTransaction) -> Void) throws {
            try router.commit(build)
        }
    }

    /// What the conntrack of the router is asked for.
    private struct Connections {
        let router: ScratchNamespace

        func delete(_ filters: ConntrackFilter...) throws {
            var socket = try router.perform { () throws(NetlinkError) in try ConntrackSocket() }
            try socket.delete(filters)
        }
    }

    private func withSite(
        _ elements: [ObjectName: [Element]] = [:],
        _ body: (inout Site) throws -> Void
    ) throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            let inside = try network.namespace("inside")
            let other = try network.namespace("other")
            let outside = try network.namespace("outside")
            try network.connect(inside, "eth0", [.of("10.0.0.10/24")], to: router, "qr-1", [.of("10.0.0.1/24")])
            try network.connect(other, "eth0", [.of("10.0.1.20/24")], to: router, "qr-2", [.of("10.0.1.1/24")])
            try network.connect(
                outside,
                "eth0",
                [.of("203.0.113.99/24")],
                to: router,
                "qg-1",
                [.of("203.0.113.2/24"), .of("203.0.113.10/32"), .of("203.0.113.11/32")]
            )
            try inside.setDefaultRoute(via: .v4(IPv4Address(10, 0, 0, 1)))
            try other.setDefaultRoute(via: .v4(IPv4Address(10, 0, 1, 1)))
            try router.withNamespace { (namespace) throws(NetlinkError) in
                try namespace.set(.ipv4Forwarding, to: "1")
            }
            var tables = try TableOwner(router)
            try tables.commit { $0.add(RouterRuleset.with(gateway: Self.gateway, elements: elements)) }
            var site = Site(
                inside: inside,
                other: other,
                outside: outside,
                router: tables,
                connections: Connections(router: router)
            )
            try body(&site)
        }
    }

    @Test(arguments: Transport.allCases)
    func `a host without a floating IP leaves as the gateway`(transport: Transport) throws {
        try withSite { site in
            let echo = try EchoServer(in: site.outside, over: transport, at: .v4(Self.outsider), port: 7)
            let answer = try site.inside.ask(over: transport, .v4(Self.outsider), port: 7)
            #expect(answer.source == .v4(Self.gateway))
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: Transport.allCases)
    func `a host with a floating IP leaves as that`(transport: Transport) throws {
        try withSite(RouterRuleset.floating(Self.floating, to: Self.fixed)) { site in
            let echo = try EchoServer(in: site.outside, over: transport, at: .v4(Self.outsider), port: 7)
            let answer = try site.inside.ask(over: transport, .v4(Self.outsider), port: 7)
            #expect(answer.source == .v4(Self.floating))
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: Transport.allCases)
    func `a floating IP leads in, and the host sees who came`(transport: Transport) throws {
        try withSite(RouterRuleset.floating(Self.floating, to: Self.fixed)) { site in
            let echo = try EchoServer(in: site.inside, over: transport, at: .v4(Self.fixed), port: 22)
            let answer = try site.outside.ask(over: transport, .v4(Self.floating), port: 22)
            #expect(answer.source == .v4(Self.outsider))
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `pings cross a floating IP`() throws {
        try withSite(RouterRuleset.floating(Self.floating, to: Self.fixed)) { site in
            #expect(site.outside.pings(.v4(Self.floating)))
            #expect(site.inside.pings(.v4(Self.outsider)))
        }
    }

    @Test func `traffic between inner networks is not translated`() throws {
        try withSite(RouterRuleset.floating(Self.floating, to: Self.fixed)) { site in
            let echo = try EchoServer(in: site.other, over: .tcp, at: .v4(Self.neighbour), port: 7)
            let answer = try site.inside.ask(over: .tcp, .v4(Self.neighbour), port: 7)
            #expect(answer.source == .v4(Self.fixed))
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `an inner host reaches a floating IP by the gateway's address`() throws {
        try withSite(RouterRuleset.floating(Self.floating, to: Self.fixed)) { site in
            let echo = try EchoServer(in: site.inside, over: .tcp, at: .v4(Self.fixed), port: 22)
            let answer = try site.other.ask(over: .tcp, .v4(Self.floating), port: 22)
            #expect(answer.source == .v4(Self.gateway))
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `a host reaches itself by its own floating IP`() throws {
        try withSite(RouterRuleset.floating(Self.floating, to: Self.fixed)) { site in
            let echo = try EchoServer(in: site.inside, over: .tcp, at: .v4(Self.fixed), port: 22)
            let answer = try site.inside.ask(over: .tcp, .v4(Self.floating), port: 22)
            #expect(answer.source == .v4(Self.floating))
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: [(Transport.tcp, UInt16(2222)), (.udp, 5353)])
    func `a forwarded port leads to another port inside, and no other port does`(
        transport: Transport,
        port: UInt16
    ) throws {
        let element = RouterRuleset.forwarding(Self.floating + 1, port, over: transport.rawValue, to: Self.fixed, 22)
        try withSite([RouterRuleset.forwardings.name: [element]]) { site in
            let echo = try EchoServer(in: site.inside, over: transport, at: .v4(Self.fixed), port: 22)
            let answer = try site.outside.ask(over: transport, .v4(Self.floating + 1), port: port)
            #expect(answer.source == .v4(Self.outsider))
            #expect(!site.outside.reaches(over: transport, .v4(Self.floating + 1), port: port + 1))
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `the metadata address is the router itself`() throws {
        try withSite { site in
            let metadata = IPv4Address(169, 254, 169, 254)
            let echo = try EchoServer(
                in: site.router.namespace,
                over: .tcp,
                at: .v4(IPv4Address(10, 0, 0, 1)),
                port: 9697
            )
            let answer = try site.inside.ask(over: .tcp, .v4(metadata), port: 80)
            #expect(answer.source == .v4(Self.fixed))
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `a flow outlasts the removal of its floating IP until conntrack forgets it`() throws {
        try withSite(RouterRuleset.floating(Self.floating, to: Self.fixed)) { site in
            let echo = try EchoServer(in: site.inside, over: .tcp, at: .v4(Self.fixed), port: 22)
            let conversation = try site.outside.converse(over: .tcp, with: .v4(Self.floating), port: 22)
            #expect(try conversation.say("before").message == "before")
            let elements = RouterRuleset.floating(Self.floating, to: Self.fixed)
            try site.commit {
                for map in [RouterRuleset.destinations, RouterRuleset.sources] {
                    $0.delete(elements[map.name] ?? [], from: map, in: RouterRuleset.table)
                }
            }
            #expect(try conversation.say("meanwhile").message == "meanwhile")
            #expect(!site.outside.reaches(over: .tcp, .v4(Self.floating), port: 22))
            try site.connections.delete(.to(.v4(Self.floating)), .answeredBy(.v4(Self.fixed)))
            #expect(throws: ScratchError.self) { try conversation.say("after", within: 0.5) }
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `a floating IP moves to another host in one transaction`() throws {
        try withSite(RouterRuleset.floating(Self.floating, to: Self.fixed)) { site in
            let old = try EchoServer(in: site.inside, over: .udp, at: .v4(Self.fixed), port: 7)
            let new = try EchoServer(in: site.other, over: .udp, at: .v4(Self.neighbour), port: 8)
            #expect(try site.outside.ask(over: .udp, .v4(Self.floating), port: 7).source == .v4(Self.outsider))
            let before = RouterRuleset.floating(Self.floating, to: Self.fixed)
            let after = RouterRuleset.floating(Self.floating, to: Self.neighbour)
            try site.commit {
                for map in [RouterRuleset.destinations, RouterRuleset.sources] {
                    let changes = ElementChanges(from: before[map.name] ?? [], to: after[map.name] ?? [])
                    $0.apply(changes, to: map, in: RouterRuleset.table)
                }
            }
            try site.connections.delete(.to(.v4(Self.floating)))
            #expect(try site.outside.ask(over: .udp, .v4(Self.floating), port: 8).source == .v4(Self.outsider))
            withExtendedLifetime((old, new)) {}
        }
    }
}

extension CIDR {
    /// The prefix that a test writes, which must be one.
    fileprivate static func of(_ text: String) throws -> CIDR { try #require(CIDR(text)) }
}
