import Addressing
import KernelTestSupport
import Netlink
import Nftables
import ResourceModel
import Testing

@testable import AgentService

/// A router with gateways on two external networks, each of which leads to a host of its own far away.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct GatewayExitTests {
    private let story = Story()
    private let further = NetworkID.random()
    private let furtherPort = PortID.random()
    /// Hosts behind the first and the further network's gateway, each of which only its own gateway knows.
    private let farHosts = [Samples.ip("192.0.2.8"), Samples.ip("192.0.2.9")]
    private let first = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")

    private func withNode(_ body: (ScratchNode) async throws -> Void) async throws {
        try await ScratchNode.with(routers: [story.router], body)
    }

    private func second(to fixed: String = "10.1.0.10") -> FloatingAddress {
        var floating = Samples.floating(2, "198.51.100.10", to: fixed)
        floating.network = further
        return floating
    }

    private func desired(_ addresses: FloatingAddress...) -> DesiredRouter {
        story.desired(addresses) { specification in
            specification.gateways.append(
                GatewaySpecification(
                    port: story.port(furtherPort, on: further, "198.51.100.5/24", gateway: "198.51.100.1"),
                    translatesSources: true,
                    onLinkNetworks: []
                )
            )
        }
    }

    /// The two gateways of the external networks, which are the far hosts, too; and a VM.
    private func plugIn(_ node: ScratchNode) throws -> (outside: [ScratchNamespace], vm: ScratchNamespace) {
        let other = try node.network.namespace("further")
        try node.plug(other, into: "br-ex", "out1", ["198.51.100.1/24"])
        for (host, (address, network)) in zip(
            [node.outside, other],
            zip(farHosts, ["203.0.113.0/24", "198.51.100.0/24"])
        ) {
            try host.run("ip", "address", "add", "\(address)/32", "dev", "lo")
            try host.run("ip", "route", "replace", network, "dev", "eth0", "src", "\(address)")
        }
        let vm = try node.vm("red10", on: story.red, "10.1.0.10/24", gateway: "10.1.0.1")
        return ([node.outside, other], vm)
    }

    @Test(arguments: Transport.allCases)
    func `each floating IP of a VM answers by its own network's gateway`(transport: Transport) async throws {
        try await withNode { node in
            node.settle(desired(first, second()))
            let (outside, vm) = try plugIn(node)
            let server = try EchoServer(in: vm, over: transport, at: Samples.ip("10.1.0.10"), port: 7)
            for (host, address) in zip(outside, ["203.0.113.10", "198.51.100.10"]) {
                let answer = try host.ask(over: transport, Samples.ip(address), port: 7)
                #expect(farHosts.contains(answer.source))
            }
            withExtendedLifetime(server) {}
        }
    }

    @Test func `what a VM with a further network's floating IP begins leaves as that and by that gateway`() async throws
    {
        try await withNode { node in
            node.settle(desired(second()))
            let (outside, vm) = try plugIn(node)
            let server = try EchoServer(in: outside[1], over: .tcp, at: farHosts[1], port: 7)
            let answer = try vm.ask(over: .tcp, farHosts[1], port: 7)
            #expect(answer.source == Samples.ip("198.51.100.10"))
            // Who has none leaves by the first gateway.
            let blue = try node.vm("blue", on: story.blue, "10.2.0.10/24", gateway: "10.2.0.1")
            let near = try EchoServer(in: outside[0], over: .tcp, at: farHosts[0], port: 7)
            #expect(try blue.ask(over: .tcp, farHosts[0], port: 7).source == story.gatewayAddress)
            #expect(!blue.reaches(over: .tcp, farHosts[1], port: 7))
            withExtendedLifetime((server, near)) {}
        }
    }

    @Test func `a further network's floating IP comes and goes by itself`() async throws {
        try await withNode { node in
            node.settle(desired())
            let (outside, vm) = try plugIn(node)
            let server = try EchoServer(in: outside[1], over: .tcp, at: farHosts[1], port: 7)
            let floating = second(to: "10.1.0.10")
            func adjust(_ before: FloatingAddress?, _ after: FloatingAddress?) -> Bool {
                let change = AddressChange(before: before, after: after)
                let adjustment = AddressAdjustment(
                    router: story.router,
                    changes: AddressChanges(change, of: floating.id)
                )
                return node.kernel.adjust(adjustment).isDone
            }
            var isDone = adjust(nil, floating)
            #expect(isDone)
            #expect(try vm.ask(over: .tcp, farHosts[1], port: 7).source == Samples.ip("198.51.100.10"))
            let again = try node.restarted().settle(desired(floating))
            #expect(again.changes == 0)
            isDone = adjust(floating, nil)
            #expect(isDone)
            #expect(!vm.reaches(over: .tcp, farHosts[1], port: 7))
            let last = try node.restarted().settle(desired())
            #expect(last.changes == 0)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `inside networks and floating IPs from inside are reached as ever`() async throws {
        try await withNode { node in
            node.settle(desired(second()))
            let (_, vm) = try plugIn(node)
            let blue = try node.vm("blue", on: story.blue, "10.2.0.10/24", gateway: "10.2.0.1")
            let server = try EchoServer(in: vm, over: .tcp, at: Samples.ip("10.1.0.10"), port: 7)
            let other = try EchoServer(in: blue, over: .tcp, at: Samples.ip("10.2.0.10"), port: 7)
            #expect(try vm.ask(over: .tcp, Samples.ip("10.2.0.10"), port: 7).source == Samples.ip("10.1.0.10"))
            let floatingIP = Samples.ip("198.51.100.10")
            #expect(try blue.ask(over: .tcp, floatingIP, port: 7).source == story.gatewayAddress)
            #expect(try vm.ask(over: .tcp, floatingIP, port: 7).source == floatingIP)
            withExtendedLifetime((server, other)) {}
        }
    }

    @Test func `the kernel lists the exit`() async throws {
        try await withNode { node in
            node.settle(desired(first, second()))
            let device = KernelNames.gatewayDevice(furtherPort)
            let text = try node.run(
                story.router,
                "nft list chain ip sluice gateway_exits; ip rule show; ip route show table 8301"
            )
            expectGolden(text.replacing(device, with: "FURTHER"), "gateway_exits.txt")
        }
    }

    @Test func `a restarted agent adopts the exit, and takes it away when its gateway has left`() async throws {
        try await withNode { node in
            node.settle(desired(first))
            let again = try node.restarted().settle(desired(first))
            #expect(again.changes == 0)
            let after = try node.restarted().settle(story.desired([first]))
            #expect(after.changes > 0 && after.complaint == nil)
            let last = try node.restarted().settle(story.desired([first]))
            #expect(last.changes == 0)
            let rules = try node.run(story.router, "ip rule show; nft list table ip sluice")
            #expect(!rules.contains("8301") && !rules.contains("gateway_exits"))
        }
    }

    @Test(arguments: [
        "ip rule del priority 16601", "ip rule del priority 16602", "ip route flush table 8301",
        "nft flush chain ip sluice gateway_exits", "nft delete chain ip sluice gateway_exits",
        "ip link set FURTHER down",
        "ip link del FURTHER",
    ])
    func `what someone breaks of it is put right and said`(command: String) async throws {
        try await withNode { node in
            node.settle(desired(second()))
            let (outside, vm) = try plugIn(node)
            let server = try EchoServer(in: vm, over: .tcp, at: Samples.ip("10.1.0.10"), port: 7)
            let device = KernelNames.gatewayDevice(furtherPort)
            _ = try node.run(story.router, command.replacing("FURTHER", with: device))
            let outcome = node.kernel.verify(desired(second()))
            #expect(outcome.complaint == nil && !outcome.repairs.isEmpty)
            #expect(node.kernel.verify(desired(second())).changes == 0)
            #expect(try outside[1].ask(over: .tcp, Samples.ip("198.51.100.10"), port: 7).source == farHosts[1])
            withExtendedLifetime(server) {}
        }
    }
}
