import Addressing
import KernelTestSupport
import Testing

@testable import Netlink

@Suite(.needsKernel, .tags(.kernel)) struct ConntrackTests {
    /// A client and a server with a router between them that tracks connections.
    private func withFlow(
        _ body: (_ client: ScratchNamespace, _ router: ScratchNamespace, _ server: ScratchNamespace) throws -> Void
    ) throws {
        try ScratchNetwork.with { network in
            let client = try network.namespace("client")
            let router = try network.namespace("router")
            let server = try network.namespace("server")
            try network.connect(client, "eth0", [.of("10.0.1.2/24")], to: router, "left", [.of("10.0.1.1/24")])
            try network.connect(server, "eth0", [.of("10.0.2.2/24")], to: router, "right", [.of("10.0.2.1/24")])
            try client.setDefaultRoute(via: .of("10.0.1.1"))
            try server.setDefaultRoute(via: .of("10.0.2.1"))
            try router.withNamespace { (namespace) throws(NetlinkError) in
                try namespace.set(.ipv4Forwarding, to: "1")
            }
            // Conntrack works in a namespace once something there asks for it.
            try router.run("nft", "add", "table", "ip", "track")
            try router.run("nft", "add", "chain", "ip", "track", "through", "{ type filter hook forward priority 0; }")
            try router.run("nft", "add", "rule", "ip", "track", "through", "ct", "state", "invalid", "counter", "drop")
            try body(client, router, server)
        }
    }

    private func connections(
        of router: ScratchNamespace,
        matching filter: ConntrackFilter = .all(.v4)
    ) throws -> [ConntrackEntry] {
        var socket = try router.perform { () throws(NetlinkError) in try ConntrackSocket() }
        return try socket.entries(matching: filter)
    }

    private func delete(_ filters: [ConntrackFilter], in router: ScratchNamespace) throws {
        var socket = try router.perform { () throws(NetlinkError) in try ConntrackSocket() }
        try socket.delete(filters)
    }

    @Test func `the kernel's count of connections is that of the namespace`() throws {
        try withFlow { client, router, server in
            let echo = try EchoServer(in: server, over: .udp, at: .of("10.0.2.2"), port: 7)
            var socket = try router.perform { () throws(NetlinkError) in try ConntrackSocket() }
            #expect(try socket.count() == 0)
            _ = try client.ask(over: .udp, .of("10.0.2.2"), port: 7)
            #expect(try socket.count() == 1)
            var other = try server.perform { () throws(NetlinkError) in try ConntrackSocket() }
            #expect(try other.count() == 0)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `a connection is listed with both its tuples`() throws {
        try withFlow { client, router, server in
            let echo = try EchoServer(in: server, over: .udp, at: .of("10.0.2.2"), port: 7)
            let port = try client.ask(over: .udp, .of("10.0.2.2"), port: 7).port
            let entries = try connections(of: router)
            let entry = try #require(entries.first)
            #expect(entries.count == 1)
            #expect(entry.original.source == (try IPAddress.of("10.0.1.2")))
            #expect(entry.original.destination == (try IPAddress.of("10.0.2.2")))
            #expect(entry.original.transport == 17)
            #expect(entry.original.sourcePort == port)
            #expect(entry.original.destinationPort == 7)
            #expect(entry.reply.source == (try IPAddress.of("10.0.2.2")))
            #expect(entry.reply.destinationPort == port)
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: [
        ("10.0.2.2", true), ("10.0.2.3", false), ("10.0.1.2", false),
    ]) func `connections are deleted by their original destination`(address: String, isGone: Bool) throws {
        try withFlow { client, router, server in
            let echo = try EchoServer(in: server, over: .udp, at: .of("10.0.2.2"), port: 7)
            _ = try client.ask(over: .udp, .of("10.0.2.2"), port: 7)
            try delete([.to(.of(address))], in: router)
            #expect(try connections(of: router).isEmpty == isGone)
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: [
        ("10.0.2.2", true), ("10.0.1.2", false),
    ]) func `connections are deleted by who answers`(address: String, isGone: Bool) throws {
        try withFlow { client, router, server in
            let echo = try EchoServer(in: server, over: .udp, at: .of("10.0.2.2"), port: 7)
            _ = try client.ask(over: .udp, .of("10.0.2.2"), port: 7)
            try delete([.answeredBy(.of(address))], in: router)
            #expect(try connections(of: router).isEmpty == isGone)
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: [
        (UInt8(17), UInt16(7), true), (17, 8, false), (6, 7, false),
    ]) func `connections are deleted by protocol and port`(transport: UInt8, port: UInt16, isGone: Bool) throws {
        try withFlow { client, router, server in
            let echo = try EchoServer(in: server, over: .udp, at: .of("10.0.2.2"), port: 7)
            _ = try client.ask(over: .udp, .of("10.0.2.2"), port: 7)
            try delete([.to(.of("10.0.2.2"), transport: transport, port: port)], in: router)
            #expect(try connections(of: router).isEmpty == isGone)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `a dozen filters delete what a dozen calls would`() throws {
        try withFlow { client, router, server in
            let echo = try EchoServer(in: server, over: .udp, at: .of("10.0.2.2"), port: 7)
            _ = try client.ask(over: .udp, .of("10.0.2.2"), port: 7)
            let others = (10..<22).map { ConntrackFilter.to(.v4(.init(10, 0, 2, $0))) }
            try delete(others, in: router)
            #expect(try connections(of: router).count == 1)
            try delete(others + [.to(.of("10.0.2.2"))], in: router)
            #expect(try connections(of: router).isEmpty)
            withExtendedLifetime(echo) {}
        }
    }

    @Test(arguments: [
        ("10.0.2.2", true), ("10.0.2.3", false),
    ]) func `a kernel that cannot delete by filter is told each connection`(address: String, isGone: Bool) throws {
        try withFlow { client, router, server in
            let echo = try EchoServer(in: server, over: .tcp, at: .of("10.0.2.2"), port: 7)
            for _ in 0..<5 { _ = try client.ask(over: .tcp, .of("10.0.2.2"), port: 7) }
            var socket = try router.perform { () throws(NetlinkError) in try ConntrackSocket() }
            socket.deletesByFilter = false
            try socket.delete(.to(.of(address)))
            #expect(try connections(of: router).isEmpty == isGone)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `all connections of a family are deleted, and those of other namespaces stay`() throws {
        try withFlow { client, router, server in
            try withFlow { otherClient, otherRouter, otherServer in
                for (client, server) in [(client, server), (otherClient, otherServer)] {
                    let echo = try EchoServer(in: server, over: .tcp, at: .of("10.0.2.2"), port: 7)
                    _ = try client.ask(over: .tcp, .of("10.0.2.2"), port: 7)
                    withExtendedLifetime(echo) {}
                }
                try delete([.all(.v4)], in: router)
                #expect(try connections(of: router).isEmpty)
                #expect(try connections(of: otherRouter).count == 1)
            }
        }
    }

    @Test func `deleting in a namespace without connections is no error`() throws {
        try ScratchNetwork.with { network in
            let empty = try network.namespace("empty")
            try delete([.to(.of("10.0.2.2")), .answeredBy(.of("2001:db8::1")), .all(.v6)], in: empty)
        }
    }
}
