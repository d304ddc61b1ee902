import Addressing
import KernelTestSupport
import Netlink
import ResourceModel
import Testing

@testable import AgentService

/// Hosts whose kernels set themselves up by what routers tell.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct AdvertisementKernelTests {
    private let story = Story()
    private let server = Samples.ip("2001:db8::53")

    private func withNode(_ body: (ScratchNode) async throws -> Void) async throws {
        try await ScratchNode.with(routers: [story.router], body)
    }

    /// What is wanted with an IPv6 subnet on the red network.
    private func desired(
        _ setup: HostSetup? = .slaac,
        servers: [IPAddress] = [],
        _ change: (inout RouterSpecification) -> Void = { _ in }
    ) -> DesiredRouter {
        story.desired { specification in
            let address = PortAddress(
                address: Samples.cidr("2001:db8:1::1/64"),
                subnetGateway: Samples.ip("2001:db8:1::1"),
                hostSetup: setup,
                nameServers: servers
            )
            specification.interfaces[0].addresses.append(address)
            change(&specification)
        }
    }

    private func host(_ node: ScratchNode, _ number: Int = 10) throws -> ScratchNamespace {
        let host = try node.vm("red\(number)", on: story.red, "10.1.0.\(number)/24", gateway: "10.1.0.1")
        try host.run("sysctl", "-q", "-w", "net.ipv6.conf.eth0.accept_ra=1")
        return host
    }

    private func defaultRoute(_ host: ScratchNamespace) throws -> String {
        try host.run("ip", "-6", "route", "show", "default")
    }

    private func isSetUp(_ host: ScratchNamespace) throws -> Bool {
        try host.run("ip", "-6", "address", "show", "dev", "eth0", "scope", "global").contains("2001:db8:1:")
            && defaultRoute(host).contains("proto ra")
    }

    /// How many advertisements the host's kernel took in.
    private func advertisements(_ host: ScratchNamespace) throws -> Int {
        let line = try host.run("grep", "Icmp6InRouterAdvertisements", "/proc/net/dev_snmp6/eth0")
        return line.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0
    }

    /// Whether a raw socket of IPv6 is in the router's namespace.
    private func hasRawSocket(_ node: ScratchNode) throws -> Bool {
        // The first line is the heading.
        try node.run(story.router, "cat /proc/net/raw6").split(separator: "\n").count > 1
    }

    private func linkLocal() throws -> IPv6Address {
        let mac = try #require(story.specification.interfaces.first).mac
        return try #require(IPv6Address.eui64(prefix: Samples.cidr("fe80::/64"), mac: mac))
    }

    @Test func `a host gets address, router and MTU, and reaches another network's`() async throws {
        try await withNode { node in
            let host = try host(node)
            node.settle(
                desired { specification in
                    specification.interfaces[1].addresses.append(
                        PortAddress(address: Samples.cidr("2001:db8:2::1/64"), subnetGateway: nil)
                    )
                }
            )
            try await eventually("the host is set up") { try isSetUp(host) }
            #expect(try defaultRoute(host).contains("via \(linkLocal()) dev eth0"))
            #expect(try host.run("cat", "/proc/sys/net/ipv6/conf/eth0/mtu") == "1450\n")
            #expect(try host.run("cat", "/proc/sys/net/ipv6/conf/eth0/hop_limit") == "64\n")
            #expect(host.pings(Samples.ip("2001:db8:2::1")))
        }
    }

    @Test func `a host that comes later asks, and is told at once`() async throws {
        try await withNode { node in
            let first = try host(node)
            node.settle(desired())
            // After the third one there is none that nobody asked for within half a minute.
            try await eventually("two were told") { try advertisements(first) >= 2 }
            try await eventually("three were told") { try advertisements(first) >= 3 }
            let second = try host(node, 11)
            try await eventually("the second host is set up") { try isSetUp(second) }
        }
    }

    @Test func `hosts of a stateful subnet make no address but know their router`() async throws {
        try await withNode { node in
            let host = try host(node)
            let ear = try AdvertisementEar(in: host)
            node.settle(desired(.statefulDHCP))
            let message = try #require(ear.next())
            #expect(message[5] == 0x80)
            try await eventually("the router is known") { try defaultRoute(host).contains("proto ra") }
            #expect(try host.run("ip", "-6", "address", "show", "scope", "global").isEmpty)
        }
    }

    @Test func `a subnet that asks for it no more is told of by a farewell`() async throws {
        try await withNode { node in
            let host = try host(node)
            node.settle(desired())
            try await eventually("the host is set up") { try isSetUp(host) }
            node.settle(desired(nil))
            try await eventually("the router is none any more") { try defaultRoute(host).isEmpty }
            #expect(node.settle(desired(nil)).changes == 0)
            node.settle(desired())
            try await eventually("the host is set up again") { try isSetUp(host) }
        }
    }

    @Test(arguments: ["router", "switch", "port"])
    func `what is taken away says so before it goes`(what: String) async throws {
        try await withNode { node in
            let host = try host(node)
            let ear = try AdvertisementEar(in: host)
            node.settle(desired(servers: [server]))
            try await eventually("the host is set up") { try isSetUp(host) }
            switch what {
            case "router": node.settle(DesiredRouter(id: story.router))
            case "switch": node.settle(desired { $0.isUp = false })
            default: node.settle(desired { $0.interfaces.removeFirst() })
            }
            let farewell = try #require(ear.first { routerLifetime($0) == 0 })
            // Type, length, reserved, and a lifetime of zero.
            #expect(farewell.count == 48 && Array(farewell[24..<32]) == [25, 3, 0, 0, 0, 0, 0, 0])
            try await eventually("the router is none any more") { try defaultRoute(host).isEmpty }
        }
    }

    @Test(arguments: ["mode", "switch", "port"])
    func `what was taken away while no agent was there says so when one is back`(what: String) async throws {
        try await withNode { node in
            let host = try host(node)
            let earlier = Attendants(logger: silentLogger)
            #expect(try node.restarted(attendedBy: earlier).settle(desired()).complaint == nil)
            let ear = try AdvertisementEar(in: host)
            let restarted = try node.restarted(attendedBy: Attendants(logger: silentLogger))
            switch what {
            case "mode": #expect(restarted.settle(desired(nil)).changes == 0)
            case "switch": #expect(restarted.settle(desired { $0.isUp = false }).changes == 1)
            default: #expect(restarted.settle(desired { $0.interfaces.removeFirst() }).changes > 0)
            }
            let farewell = try #require(ear.next())
            // No router, of whose hardware address; nothing about networks and servers, which are not known.
            #expect(routerLifetime(farewell) == 0 && farewell.count == 24)
            #expect(restarted.settle(desired(nil)).complaint == nil)
            #expect(ear.next(within: 0.5) == nil)
        }
    }

    @Test func `a router that left while no agent was there may live elsewhere, and is not spoken for`() async throws {
        try await withNode { node in
            let host = try host(node)
            let earlier = Attendants(logger: silentLogger)
            #expect(try node.restarted(attendedBy: earlier).settle(desired()).complaint == nil)
            let ear = try AdvertisementEar(in: host)
            let restarted = try node.restarted(attendedBy: Attendants(logger: silentLogger))
            #expect(restarted.settle(DesiredRouter(id: story.router)).changes == 1)
            #expect(ear.next(within: 0.5) == nil)
        }
    }

    @Test func `another name server is told at once, and that the old one is none any more`() async throws {
        try await withNode { node in
            let host = try host(node)
            let ear = try AdvertisementEar(in: host)
            node.settle(desired(servers: [server]))
            let first = try #require(ear.next())
            #expect(Array(first[64..<72]) == [25, 3, 0, 0, 0, 0, 0x23, 0x28])
            #expect(Array(first[72...]) == [UInt8](server.bytes))
            let other = Samples.ip("2001:db8::54")
            node.settle(desired(servers: [other]))
            let second = try #require(ear.first { $0.count > first.count })
            #expect(Array(second[64..<72]) == [25, 3, 0, 0, 0, 0, 0x23, 0x28])
            #expect(Array(second[72..<88]) == [UInt8](other.bytes))
            #expect(Array(second[88..<96]) == [25, 3, 0, 0, 0, 0, 0, 0])
            #expect(Array(second[96...]) == [UInt8](server.bytes))
        }
    }

    @Test func `a restarted agent tells hosts again, and one that ends says nothing`() async throws {
        try await withNode { node in
            let host = try host(node)
            let ear = try AdvertisementEar(in: host)
            node.settle(desired())
            #expect(ear.next() != nil)
            let attendants = Attendants(logger: silentLogger)
            let running = Task { await attendants.advertiser.service.run() }
            let restarted = try node.restarted(attendedBy: attendants)
            #expect(restarted.settle(desired()).changes == 0)
            #expect(ear.next(within: 2) != nil)
            running.cancel()
            await running.value
            #expect(ear.first(within: 1) { routerLifetime($0) == 0 } == nil)
        }
    }

    @Test func `a router that has nothing to tell has no socket for it`() async throws {
        try await withNode { node in
            for setup in [nil, .slaac, .statelessDHCP, nil] as [HostSetup?] {
                node.settle(desired(setup))
                let hasSocket = try hasRawSocket(node)
                #expect(hasSocket == (setup != nil))
            }
        }
    }
}
