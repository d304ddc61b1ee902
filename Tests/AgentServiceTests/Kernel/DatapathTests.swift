import Addressing
import KernelTestSupport
import Netlink
import ResourceModel
import Testing

@testable import AgentService

/// Packets that really cross: each test is a node with a router, VMs and a host outside.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct DatapathTests {
    private let story = Story()
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
    private let floatingIP = Samples.ip("203.0.113.10")

    private func withNode(_ body: (ScratchNode) async throws -> Void) async throws {
        try await ScratchNode.with(routers: [story.router], body)
    }

    private func redVM(_ node: ScratchNode, _ host: Int = 10) throws -> ScratchNamespace {
        try node.vm("red\(host)", on: story.red, "10.1.0.\(host)/24", gateway: "10.1.0.1")
    }

    private func blueVM(_ node: ScratchNode) throws -> ScratchNamespace {
        try node.vm("blue", on: story.blue, "10.2.0.10/24", gateway: "10.2.0.1")
    }

    private func echo(_ host: ScratchNamespace, _ address: String, _ transport: Transport = .tcp) throws -> EchoServer {
        try EchoServer(in: host, over: transport, at: Samples.ip(address), port: 7)
    }

    @Test(arguments: Transport.allCases)
    func `VMs reach each other through the router as they are`(transport: Transport) async throws {
        try await withNode { node in
            node.settle(story.desired())
            let red = try redVM(node)
            let blue = try blueVM(node)
            let server = try echo(blue, "10.2.0.10", transport)
            let answer = try red.ask(over: transport, Samples.ip("10.2.0.10"), port: 7)
            withExtendedLifetime(server) { #expect(answer.source == Samples.ip("10.1.0.10")) }
        }
    }

    @Test func `a VM leaves with the gateway's address`() async throws {
        try await withNode { node in
            node.settle(story.desired())
            let red = try redVM(node)
            let server = try echo(node.outside, "203.0.113.1")
            let answer = try red.ask(over: .tcp, ScratchNode.outsideAddress, port: 7)
            withExtendedLifetime(server) { #expect(answer.source == story.gatewayAddress) }
        }
    }

    @Test func `a helper writes the gateway's address into what FTP says, and none does without it`() async throws {
        let ftp = Samples.helper("ftp", 7)
        let missing = try HelperModules().missing(of: [ftp.module])
        try await withNode { node in
            let red = try redVM(node)
            let server = try echo(node.outside, "203.0.113.1")
            func told() throws -> String {
                let flow = try red.converse(over: .tcp, with: ScratchNode.outsideAddress, port: 7)
                _ = try flow.say("USER anonymous\r\n")
                return try flow.say("PORT 10,1,0,10,200,1\r\n").message
            }
            node.settle(story.desired())
            #expect(try told().hasPrefix("PORT 10,1,0,10,"))
            let outcome = node.kernel.settle(story.desired { $0.helpers = [ftp] }, trustingMemory: true)
            #expect((outcome.complaint == nil) == missing.isEmpty && outcome.isComplete)
            if missing.isEmpty { #expect(try told().hasPrefix("PORT 203,0,113,5,")) }
            node.settle(story.desired())
            #expect(try told().hasPrefix("PORT 10,1,0,10,"))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a router that wants a helper no kernel has works, and says so`() async throws {
        try await withNode { node in
            let desired = story.desired([floating]) { $0.helpers = [Samples.helper("no-such", 99)] }
            let outcome = node.kernel.settle(desired)
            #expect(outcome.complaint?.contains("no conntrack helper no-such/tcp, wanted at port 99") == true)
            #expect(outcome.isComplete)
            #expect(outcome.routerReport?.state == .active)
            let server = try echo(try redVM(node), "10.1.0.10")
            let answer = try node.outside.ask(over: .tcp, floatingIP, port: 7)
            #expect(answer.source == ScratchNode.outsideAddress)
            #expect(node.kernel.settle(desired).changes == 0)
            withExtendedLifetime(server) {}
        }
    }

    @Test(arguments: Transport.allCases)
    func `a floating IP leads to its VM, which sees the client's address`(transport: Transport) async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            let server = try echo(try redVM(node), "10.1.0.10", transport)
            let answer = try node.outside.ask(over: transport, floatingIP, port: 7)
            withExtendedLifetime(server) { #expect(answer.source == ScratchNode.outsideAddress) }
        }
    }

    @Test func `a VM with a floating IP leaves with that`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            let red = try redVM(node)
            let server = try echo(node.outside, "203.0.113.1")
            let answer = try red.ask(over: .tcp, ScratchNode.outsideAddress, port: 7)
            withExtendedLifetime(server) { #expect(answer.source == floatingIP) }
        }
    }

    @Test func `a floating IP works from inside, for a neighbour and for the VM itself`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            let red = try redVM(node)
            let neighbour = try redVM(node, 11)
            let blue = try blueVM(node)
            let server = try echo(red, "10.1.0.10")
            // Answers must pass the router again, so those without a floating IP come as the gateway.
            #expect(try blue.ask(over: .tcp, floatingIP, port: 7).source == story.gatewayAddress)
            #expect(try neighbour.ask(over: .tcp, floatingIP, port: 7).source == story.gatewayAddress)
            #expect(try red.ask(over: .tcp, floatingIP, port: 7).source == floatingIP)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `one floating IP reaches another as itself`() async throws {
        try await withNode { node in
            let other = Samples.floating(2, "203.0.113.11", to: "10.2.0.10")
            node.settle(story.desired([floating, other]))
            let server = try echo(try redVM(node), "10.1.0.10")
            let answer = try blueVM(node).ask(over: .tcp, floatingIP, port: 7)
            withExtendedLifetime(server) { #expect(answer.source == Samples.ip("203.0.113.11")) }
        }
    }

    @Test func `without translation of sources a VM leaves as it is, and a hairpin still works`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]) { $0.gateways[0].translatesSources = false })
            try node.outside.run("ip", "route", "add", "10.0.0.0/8", "via", "\(story.gatewayAddress)")
            let server = try echo(node.outside, "203.0.113.1")
            let inner = try echo(try redVM(node), "10.1.0.10")
            let blue = try blueVM(node)
            #expect(try blue.ask(over: .tcp, ScratchNode.outsideAddress, port: 7).source == Samples.ip("10.2.0.10"))
            #expect(try blue.ask(over: .tcp, floatingIP, port: 7).source == story.gatewayAddress)
            withExtendedLifetime((server, inner)) {}
        }
    }

    @Test func `forwarded ports lead to theirs, others nowhere`() async throws {
        try await withNode { node in
            var forwarding = floating
            forwarding.use = .forwardings([
                ForwardingRule(
                    id: Samples.id(7),
                    transport: .tcp,
                    externalPorts: 8000...8001,
                    internalAddress: Samples.address("10.1.0.10"),
                    internalPorts: 7...8
                )
            ])
            node.settle(story.desired([forwarding]))
            let server = try echo(try redVM(node), "10.1.0.10")
            let answer = try node.outside.ask(over: .tcp, floatingIP, port: 8000)
            #expect(answer.source == ScratchNode.outsideAddress)
            #expect(!node.outside.reaches(over: .tcp, floatingIP, port: 7))
            #expect(!node.outside.reaches(over: .tcp, floatingIP, port: 8001))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `an extra route leads through a VM, and several share the load`() async throws {
        try await withNode { node in
            let behind = Samples.cidr("192.168.7.0/24")
            node.settle(
                story.desired { $0.routes = [StaticRoute(destination: behind, nexthop: Samples.ip("10.1.0.10"))] }
            )
            let red = try redVM(node)
            try red.configure("lo", [Samples.cidr("192.168.7.1/24")])
            #expect(try blueVM(node).pings(Samples.ip("192.168.7.1")))
            node.settle(
                story.desired {
                    $0.routes = ["10.1.0.10", "10.1.0.11"].map {
                        StaticRoute(destination: behind, nexthop: Samples.ip($0))
                    }
                }
            )
            let listing = try node.run(story.router, "ip route show 192.168.7.0/24")
            #expect(listing.contains("via 10.1.0.10") && listing.contains("via 10.1.0.11"))
        }
    }

    @Test func `a router that is switched off carries nothing, and everything when it is on again`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            let red = try redVM(node)
            #expect(node.outside.pings(floatingIP))
            node.settle(story.desired([floating]) { $0.isUp = false })
            #expect(!(try NetworkNamespace.names().contains(KernelNames.namespace(of: story.router))))
            #expect(!red.succeeds("ping", "-c", "1", "-W", "1", "10.1.0.1"))
            node.settle(story.desired([floating]))
            #expect(node.outside.pings(floatingIP))
        }
    }

    @Test func `two routers with equal tenant addresses do not meet`() async throws {
        let other = Story(gatewayHost: 6)
        try await ScratchNode.with(routers: [story.router, other.router]) { node in
            node.settle(story.desired([floating]))
            node.settle(other.desired([Samples.floating(2, "203.0.113.20", to: "10.1.0.10")]))
            let mine = try echo(try redVM(node), "10.1.0.10")
            let theirs = try EchoServer(
                in: try node.vm("other", on: other.red, "10.1.0.10/24", gateway: "10.1.0.1"),
                over: .tcp,
                at: Samples.ip("10.1.0.10"),
                port: 8
            )
            #expect(try node.outside.ask(over: .tcp, floatingIP, port: 7).message == "hello")
            #expect(try node.outside.ask(over: .tcp, Samples.ip("203.0.113.20"), port: 8).message == "hello")
            #expect(!node.outside.reaches(over: .tcp, Samples.ip("203.0.113.20"), port: 7))
            withExtendedLifetime((mine, theirs)) {}
        }
    }

    @Test func `IPv6 crosses the router`() async throws {
        try await withNode { node in
            node.settle(
                story.desired { specification in
                    for (index, prefix) in ["2001:db8:1::1/64", "2001:db8:2::1/64"].enumerated() {
                        specification.interfaces[index].addresses.append(
                            PortAddress(address: Samples.cidr(prefix), subnetGateway: nil)
                        )
                    }
                }
            )
            let red = try redVM(node)
            let blue = try blueVM(node)
            for (host, address, gateway) in [
                (red, "2001:db8:1::10/64", "2001:db8:1::1"), (blue, "2001:db8:2::10/64", "2001:db8:2::1"),
            ] {
                try host.run("ip", "-6", "addr", "add", address, "dev", "eth0", "nodad")
                try host.setDefaultRoute(via: Samples.ip(gateway))
            }
            #expect(red.pings(Samples.ip("2001:db8:2::10")))
        }
    }

    @Test func `of a thousand and one floating IPs the last one answers`() async throws {
        try await withNode { node in
            var desired = story.desired()
            for number in 0...UInt32(RouterPlan.addressLimit) {
                let address = FloatingAddress(
                    id: Samples.id(UInt64(number) + 100),
                    revision: 1,
                    address: IPv4Address(rawValue: Samples.address("198.18.0.0").rawValue + number),
                    network: Samples.external,
                    use: .fixed(Samples.address("10.1.0.10"))
                )
                desired.addresses[address.id] = address
            }
            node.settle(desired)
            _ = try redVM(node)
            try node.outside.run("ip", "route", "add", "198.18.0.0/15", "dev", "eth0")
            #expect(node.outside.pings(Samples.ip("198.18.3.232")))
            #expect(try node.restarted().settle(desired).changes == 0)
        }
    }
}
