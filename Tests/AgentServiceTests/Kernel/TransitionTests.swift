import Addressing
import KernelTestSupport
import Netlink
import ResourceModel
import Testing

@testable import AgentService

/// What happens to flows, and to the kernel, when what is wanted changes or someone else changes what is there.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct TransitionTests {
    private let story = Story()
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
    private let floatingIP = Samples.ip("203.0.113.10")

    private func withNode(_ body: (ScratchNode) async throws -> Void) async throws {
        try await ScratchNode.with(routers: [story.router], body)
    }

    private func redVM(_ node: ScratchNode, _ host: Int = 10) throws -> ScratchNamespace {
        try node.vm("red\(host)", on: story.red, "10.1.0.\(host)/24", gateway: "10.1.0.1")
    }

    @Test func `disassociation cuts an established flow`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            let server = try EchoServer(in: try redVM(node), over: .tcp, at: Samples.ip("10.1.0.10"), port: 7)
            let flow = try node.outside.converse(over: .tcp, with: floatingIP, port: 7)
            _ = try flow.say("before")
            node.settle(story.desired())
            try await eventually("the flow is cut") { (try? flow.say("after", within: 0.3)) == nil }
            #expect(!node.outside.reaches(over: .tcp, floatingIP, port: 7))
            withExtendedLifetime(server) {}
        }
    }

    @Test func `other flows survive a disassociation`() async throws {
        try await withNode { node in
            let other = Samples.floating(2, "203.0.113.11", to: "10.1.0.11")
            node.settle(story.desired([floating, other]))
            _ = try redVM(node)
            let server = try EchoServer(in: try redVM(node, 11), over: .tcp, at: Samples.ip("10.1.0.11"), port: 7)
            let flow = try node.outside.converse(over: .tcp, with: Samples.ip("203.0.113.11"), port: 7)
            _ = try flow.say("before")
            node.settle(story.desired([other]))
            try await eventually("the other is gone") { !node.outside.reaches(over: .udp, floatingIP, port: 7) }
            #expect(try flow.say("after").message == "after")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a moved floating IP leads to the other VM, running flows too`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            var first: EchoServer? = try EchoServer(
                in: try redVM(node),
                over: .udp,
                at: Samples.ip("10.1.0.10"),
                port: 7
            )
            let second = try EchoServer(in: try redVM(node, 11), over: .udp, at: Samples.ip("10.1.0.11"), port: 7)
            let flow = try node.outside.converse(over: .udp, with: floatingIP, port: 7)
            _ = try flow.say("before")
            withExtendedLifetime(first) {}
            first = nil
            node.settle(story.desired([Samples.floating(1, "203.0.113.10", to: "10.1.0.11", revision: 2)]))
            try await eventually("the other VM answers") { (try? flow.say("after", within: 0.3)) != nil }
            withExtendedLifetime(second) {}
        }
    }

    @Test func `a restarted agent adopts everything, writes nothing and cuts nothing`() async throws {
        let ftp = Samples.helper("ftp", 21)
        let helpers = try HelperModules().missing(of: [ftp.module]).isEmpty ? [ftp] : Set<HelperRule>()
        try await withNode { node in
            let desired = story.desired([floating]) {
                $0.routes = [StaticRoute(destination: Samples.cidr("192.168.7.0/24"), nexthop: Samples.ip("10.1.0.10"))]
                $0.helpers = helpers
            }
            node.settle(desired)
            let server = try EchoServer(in: try redVM(node), over: .tcp, at: Samples.ip("10.1.0.10"), port: 7)
            let flow = try node.outside.converse(over: .tcp, with: floatingIP, port: 7)
            let restarted = try node.restarted()
            let outcome = restarted.settle(desired)
            #expect(outcome.changes == 0 && outcome.complaint == nil)
            #expect(try !restarted.sweep(sparing: node.wanted([story])).routers.contains(story.router))
            #expect(restarted.changesMade == 0)
            #expect(try flow.say("still").message == "still")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a helper that someone took away comes back, and flows go on`() async throws {
        let ftp = Samples.helper("ftp", 21)
        guard try HelperModules().missing(of: [ftp.module]).isEmpty else { return }
        try await withNode { node in
            let desired = story.desired([floating]) { $0.helpers = [ftp] }
            node.settle(desired)
            let server = try EchoServer(in: try redVM(node), over: .tcp, at: Samples.ip("10.1.0.10"), port: 7)
            let flow = try node.outside.converse(over: .tcp, with: floatingIP, port: 7)
            let before = try node.run(story.router, "nft list table ip sluice")
            _ = try node.run(story.router, "nft flush chain ip sluice ct_helpers")
            #expect(node.kernel.unheardChanges() == [story.router: .table])
            let outcome = node.kernel.verify(desired)
            #expect(outcome.complaint == nil && outcome.repairs.map(\.kind) == [.table])
            #expect(try node.run(story.router, "nft list table ip sluice") == before)
            #expect(node.kernel.verify(desired).changes == 0)
            #expect(try flow.say("still").message == "still")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `settling twice changes nothing the second time`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            #expect(node.settle(story.desired([floating])).changes == 0)
        }
    }

    @Test func `what nobody wants is found and removed, what is another's stays`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            try node.makeBridge("brother")
            _ = try redVM(node)
            let restarted = try node.restarted()
            let nothing = Job.Wanted(routers: [], bridges: [])
            #expect(try restarted.sweep(sparing: nothing).routers.contains(story.router))
            #expect(restarted.settle(DesiredRouter(id: story.router)).complaint == nil)
            // The agent before, which this test keeps, lets the namespace go too.
            node.settle(DesiredRouter(id: story.router))
            try await eventually("the devices are gone with their namespace") {
                let finding = try restarted.sweep(sparing: nothing)
                return finding.isComplete && !finding.routers.contains(story.router)
            }
            let names = Set(try node.node.withRoute { (route) throws(NetlinkError) in try route.links() }.map(\.name))
            #expect(!names.contains(KernelNames.bridge(of: story.blue)))
            // A VM still has its port in this one.
            #expect(names.contains(KernelNames.bridge(of: story.red)))
            #expect(names.isSuperset(of: ["br-ex", "brother"]))
            #expect(!names.contains { $0.hasPrefix("tap") })
        }
    }

    @Test func `a namespace that someone holds loses its devices all the same, and carries nothing at once`()
        async throws
    {
        try await withNode { node in
            node.settle(story.desired([floating]))
            let red = try redVM(node)
            try node.node.start(["ip", "netns", "exec", KernelNames.namespace(of: story.router), "sleep", "60"])
            try await eventually("it is held") {
                try !node.node.run("ip", "netns", "pids", KernelNames.namespace(of: story.router)).isEmpty
            }
            node.settle(DesiredRouter(id: story.router))
            #expect(!red.succeeds("ping", "-c", "1", "-W", "1", "10.1.0.1"))
            try await eventually("the devices are gone") {
                try node.kernel.sweep(sparing: .init(routers: [], bridges: [])).isComplete
            }
        }
    }

    @Test func `an empty namespace that someone just made is left alone, and found when nobody takes it`() async throws
    {
        try await withNode { node in
            _ = try NetworkNamespace.create(named: KernelNames.namespace(of: story.router))
            let nothing = Job.Wanted(routers: [], bridges: [])
            let first = try node.kernel.sweep(sparing: nothing)
            #expect(!first.routers.contains(story.router) && !first.isComplete)
            #expect(node.settle(DesiredRouter(id: story.router)).changes == 0)
            // Agents of other tests on this machine look for such, too.
            try await eventually("it is removed") {
                if try node.kernel.sweep(sparing: nothing).routers.contains(story.router) {
                    node.settle(DesiredRouter(id: story.router))
                }
                return try !NetworkNamespace.names().contains(KernelNames.namespace(of: story.router))
            }
        }
    }

    @Test func `a node that got another name knows its routers again`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            let renamed = try node.restarted(as: "renamed")
            #expect(try renamed.sweep(sparing: .init(routers: [], bridges: [])).routers.contains(story.router))
            #expect(renamed.settle(DesiredRouter(id: story.router)).changes == 1)
            let names = try NetworkNamespace.names()
            #expect(!names.contains(KernelNames.namespace(of: story.router)))
        }
    }

    @Test func `another node's routers on this machine are left alone`() async throws {
        try await withNode { node in
            node.settle(story.desired())
            let other = try node.restarted(in: try node.network.namespace("another"))
            #expect(try other.sweep(sparing: .init(routers: [], bridges: [])).routers.contains(story.router) == false)
            let outcome = other.settle(story.desired())
            #expect(outcome.complaint?.contains("belongs to another node") == true)
            #expect(other.settle(DesiredRouter(id: story.router)).changes == 0)
            #expect(node.settle(story.desired()).changes == 0)
        }
    }

    @Test func `a missing external bridge fails the gateway, and is found when it comes`() async throws {
        try await withNode { node in
            try node.removeDevice("br-ex")
            let outcome = node.kernel.settle(story.desired([floating]))
            #expect(outcome.routerReport?.state == .failed("\(PlanProblem.bridgeMissing("br-ex"))"))
            #expect(outcome.addressReports.map(\.state) == [.failed("\(PlanProblem.bridgeMissing("br-ex"))")])
            #expect(!outcome.isComplete)
            #expect(try redVM(node).pings(Samples.ip("10.1.0.1")))
            try node.makeBridge("br-ex")
            let repaired = node.settle(story.desired([floating]))
            #expect(repaired.routerReport?.state == .active)
            #expect(repaired.addressReports.map(\.state) == [.active])
        }
    }

    @Test(arguments: [
        "nft delete table ip sluice", "nft flush ruleset", "nft flush map ip sluice fip_dnat", "ip route del default",
        "ip addr flush dev GATEWAY", "ip addr del 203.0.113.10/32 dev GATEWAY", "ip link set GATEWAY down",
        "ip link set RED mtu 1280", "ip link del RED", "nft add rule ip sluice postrouting drop",
        "sysctl -q -w net.ipv4.conf.GATEWAY.forwarding=0", "ip link set RED address 02:00:00:00:00:01",
    ])
    func `what someone breaks is put right`(command: String) async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            _ = try redVM(node)
            #expect(node.outside.pings(floatingIP))
            let broken = command.replacing("GATEWAY", with: story.gatewayDevice).replacing("RED", with: story.redDevice)
            _ = try node.run(story.router, broken)
            #expect(node.settle(story.desired([floating])).changes > 0)
            #expect(node.settle(story.desired([floating])).changes == 0)
            #expect(node.outside.pings(floatingIP))
        }
    }

    @Test func `a namespace deleted by hand is built anew`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            _ = try redVM(node)
            try NetworkNamespace.delete(named: KernelNames.namespace(of: story.router))
            node.settle(story.desired([floating]))
            #expect(node.outside.pings(floatingIP))
        }
    }

    @Test func `a device taken out of its bridge is put back`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            _ = try redVM(node)
            try node.node.run("ip", "link", "set", KernelNames.hostEnd(story.redPort), "nomaster")
            #expect(node.settle(story.desired([floating])).changes == 1)
            #expect(node.outside.pings(floatingIP))
        }
    }

    @Test func `both ends have the network's MTU and the namespace its parameters`() async throws {
        try await withNode { node in
            node.settle(story.desired())
            let hostEnd = try node.node.link(KernelNames.hostEnd(story.redPort))
            #expect(hostEnd.mtu == 1450)
            #expect(try node.run(story.router, "cat /sys/class/net/\(story.redDevice)/mtu") == "1450\n")
            let conf = "/proc/sys/net/ipv4/conf/\(story.redDevice)"
            let files = ["forwarding", "arp_ignore", "arp_announce", "rp_filter"].map { "\(conf)/\($0)" }
            #expect(try node.run(story.router, "cat", files.joined(separator: " ")) == "1\n1\n2\n0\n")
            #expect(try node.run(story.router, "cat /proc/sys/net/ipv4/ip_forward") == "1\n")
        }
    }

    @Test func `neighbours learn of a floating IP that changed its router`() async throws {
        let other = Story(gatewayHost: 6)
        try await ScratchNode.with(routers: [story.router, other.router]) { node in
            node.settle(story.desired([floating]))
            node.settle(other.desired())
            _ = try redVM(node)
            #expect(node.outside.pings(floatingIP))
            node.settle(story.desired())
            node.settle(other.desired([floating]))
            let mac = other.specification.gateways[0].port.mac
            try await eventually("the neighbour's entry names the new router") {
                try node.outside.withRoute { (route) throws(NetlinkError) in try route.neighbours(.v4) }
                    .contains { $0.address == floatingIP && $0.mac == mac }
            }
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `any way leads the real kernel to the state that is wanted`(seed: UInt64) async throws {
        let router = RouterID.random()
        try await ScratchNode.with(routers: [router]) { node in
            var random = SplitMix(state: seed)
            for _ in 0..<12 {
                var desired = DesiredRouter.random(using: &random)
                desired.id = router
                let outcome = node.kernel.settle(desired)
                let again = try node.restarted().settle(desired)
                #expect(outcome.changes >= 0 && again.changes == 0 && again.complaint == outcome.complaint)
            }
        }
    }
}

extension RouterOutcome {
    /// How many changes were made; -1 when it failed.
    var changes: Int {
        if case .settled(_, let changes, _) = result { changes } else { -1 }
    }
}

extension ScratchNode {
    /// What is wanted when these tenants are.
    func wanted(_ stories: [Story]) -> Job.Wanted {
        .init(
            routers: Set(stories.map(\.router)),
            bridges: Set(stories.flatMap { [KernelNames.bridge(of: $0.red), KernelNames.bridge(of: $0.blue)] })
        )
    }
}
