import Addressing
import Contracts
import KernelTestSupport
import Logging
import Netlink
import ResourceModel
import ServiceLifecycle
import ServiceRuntime
import SwiftProtobuf
import Synchronization
import Testing

@testable import AgentService

/// A running agent, with a periodic look far off, on a node where someone breaks things by hand.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct SelfRepairTests {
    private let story = Story()
    private let plane = FakeControlPlane()
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
    private let floatingIP = Samples.ip("203.0.113.10")

    /// Runs an agent on a node until the router is active; the body gets what the agent logged as repaired.
    private func withAgent(
        roomForNews: Int32 = RouteEvents.usualRoom,
        _ body: @escaping @Sendable (ScratchNode, RouterKernel, RepairLog) async throws -> Void
    ) async throws {
        let log = RepairLog()
        try await ScratchNode.with(routers: [story.router]) { node in
            try await plane.serve { client in
                var configuration = try AgentServiceConfiguration(node: node)
                configuration.repairInterval = .seconds(3600)
                let agent = Agent(
                    configuration: configuration,
                    host: try NodeHost(namespace: node.node.name),
                    routers: client,
                    addresses: client,
                    health: HealthReporter(),
                    roomForNews: roomForNews,
                    logger: log.logger
                )
                let group = ServiceGroup(
                    configuration: .init(services: agent.services.map { .init(service: $0) }, logger: silentLogger)
                )
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await group.run() }
                    do {
                        try await tellAll()
                        _ = try node.vm("red10", on: story.red, "10.1.0.10/24", gateway: "10.1.0.1")
                        try await body(node, agent.kernel, log)
                    } catch {
                        await group.triggerGracefulShutdown()
                        throw error
                    }
                    await group.triggerGracefulShutdown()
                    try await tasks.waitForAll()
                }
            }
        }
    }

    private func tellAll() async throws {
        plane.answerSubscriptions([story.router.description: [floating.wire]])
        try await eventually("the control plane is watched") { plane.isWatched }
        plane.say(.upserted(story.specification.wire))
        plane.say(.synced(.with { $0.position = "p1" }))
        try await eventually("the address is active") {
            plane.record.addressReports.last { $0.id == floating.id.description }?.state == .active
        }
    }

    /// A command with the story's names in it.
    private func filledIn(_ command: String) -> String {
        command.replacing("GATEWAY", with: story.gatewayDevice).replacing("RED", with: story.redDevice)
            .replacing("TAP", with: KernelNames.hostEnd(story.redPort))
            .replacing("BRQ", with: KernelNames.bridge(of: story.red))
    }

    @Test(arguments: [
        ("nft delete table ip sluice", "table sluice: expected present, found missing"),
        ("nft flush ruleset", "table sluice: expected present, found missing"),
        (
            "nft delete element ip sluice fip_snat { 10.1.0.10 }",
            "source 10.1.0.10: expected 203.0.113.10, found missing"
        ),
        (
            "nft add rule ip sluice postrouting drop",
            "chains, rules and maps of table sluice: expected ours, found others"
        ),
        (
            "ip addr del 203.0.113.10/32 dev GATEWAY",
            "address 203.0.113.10/32 on GATEWAY: expected present, found missing"
        ),
        ("ip addr add 192.0.2.1/32 dev GATEWAY", "address 192.0.2.1/32 on GATEWAY: expected none, found present"),
        ("ip link set RED down", "state of RED: expected up, found down"),
        ("ip link set RED mtu 1280", "MTU of RED: expected 1450, found 1280"),
        ("ip link del RED", "device RED: expected present, found missing"),
        ("ip route del default", "route to 0.0.0.0/0: expected via 203.0.113.1 by GATEWAY, found missing"),
        ("sysctl -q -w net.ipv4.ip_forward=0", "net/ipv4/ip_forward: expected 1, found 0"),
        ("sysctl -q -w net.ipv4.conf.RED.forwarding=0", "forwarding on RED: expected true, found false"),
        ("sysctl -q -w net.ipv4.conf.all.rp_filter=1", "net/ipv4/conf/all/rp_filter: expected 0, found 1"),
        (
            "sysctl -q -w net.netfilter.nf_conntrack_tcp_be_liberal=0",
            "net/netfilter/nf_conntrack_tcp_be_liberal: expected 1, found 0"
        ),
    ])
    func `what someone breaks in the router is put right and said once`(command: String, finding: String) async throws {
        try await withAgent { node, kernel, log in
            try await eventually("the floating IP answers") { node.outside.pings(floatingIP) }
            _ = try node.run(story.router, filledIn(command))
            try await eventually("it is said what was found") { log.findings.contains(filledIn(finding)) }
            #expect(try node.restarted().settle(story.desired([floating])).changes == 0)
            #expect(node.outside.pings(floatingIP))
            #expect(log.findings.count { $0 == filledIn(finding) } == 1)
        }
    }

    @Test(arguments: [
        ("ip link set TAP nomaster", "bridge of TAP: expected BRQ, found none"),
        ("ip link set TAP down", "state of TAP: expected up, found down"),
        ("ip link set TAP master br-ex", "bridge of TAP: expected BRQ, found br-ex"),
        ("ip link del TAP", "device RED: expected present, found missing"),
        ("ip link set BRQ down", "state of BRQ: expected up, found down"),
    ])
    func `what someone breaks on the node is put right and said once`(command: String, finding: String) async throws {
        try await withAgent { node, kernel, log in
            _ = try node.node.run("sh", "-c", filledIn(command))
            try await eventually("it is said what was found") { log.findings.contains(filledIn(finding)) }
            #expect(try node.restarted().settle(story.desired([floating])).changes == 0)
            #expect(node.outside.pings(floatingIP))
            #expect(log.findings.count { $0 == filledIn(finding) } == 1)
        }
    }

    @Test func `an interface that someone keeps from answering for internal addresses answers again`() async throws {
        try await withAgent { node, kernel, log in
            var specification = story.specification
            specification.revision = 2
            specification.proxiesNeighbours = true
            specification.interfaces[0].addresses.append(
                PortAddress(address: Samples.cidr("2001:db8:1::1/64"), subnetGateway: nil)
            )
            let proxy = Samples.proxy(7, "2001:db8:1::10")
            plane.say(.ndpProxyUpserted(proxy.wire), of: story.router.description)
            plane.say(.upserted(specification.wire))
            try await eventually("the address is answered for") {
                try node.run(story.router, "ip -6 neigh show proxy").contains("2001:db8:1::10")
            }
            _ = try node.run(story.router, filledIn("sysctl -q -w net.ipv6.conf.GATEWAY.proxy_ndp=0"))
            let finding = filledIn("neighbour proxying on GATEWAY: expected true, found false")
            try await eventually("it is said what was found") { log.findings.contains(finding) }
            plane.say(
                .ndpProxyDeleted(
                    .with {
                        $0.id = proxy.id.description
                        $0.revisionNumber = 2
                    }
                ),
                of: story.router.description
            )
            try await eventually("and no more") {
                try node.run(story.router, "ip -6 neigh show proxy").isEmpty
            }
        }
    }

    @Test(arguments: ["ip rule del priority 16601", "ip rule del priority 16602"])
    func `a rule of routing that someone deleted is back`(command: String) async throws {
        try await withAgent { node, kernel, log in
            var specification = story.specification
            specification.revision = 2
            specification.gateways.append(Samples.furtherGateway)
            plane.say(.upserted(specification.wire))
            // Until it has a route there is no such table.
            let rules = "ip rule show; ip route show table 8301 2>&1 || true"
            try await eventually("the further gateway's exit is there") {
                let shown = try node.run(story.router, rules)
                return shown.contains("default via 192.0.2.1") && shown.contains("16601:") && shown.contains("16602:")
            }
            let before = try node.run(story.router, rules)
            _ = try node.run(story.router, command)
            let finding = "exit 1: expected via 192.0.2.1 by \(Samples.furtherDevice), "
            try await eventually("it is said what was found") {
                log.findings == [finding + "found via 192.0.2.1 by \(Samples.furtherDevice), without rules"]
            }
            #expect(try node.run(story.router, rules) == before)
        }
    }

    @Test func `a bridge that someone deleted is made anew with its ports`() async throws {
        try await withAgent { node, kernel, log in
            _ = try node.node.run("sh", "-c", filledIn("ip link del BRQ"))
            let finding = filledIn("bridge of TAP: expected BRQ, found none")
            try await eventually("it is said what was found") { log.findings.contains(finding) }
            #expect(try node.restarted().settle(story.desired([floating])).changes == 0)
        }
    }

    @Test func `a namespace whose name was deleted gets it back, and a running flow never notices`() async throws {
        try await withAgent { node, kernel, log in
            let name = KernelNames.namespace(of: story.router)
            let red = try node.vm("red11", on: story.red, "10.1.0.11/24", gateway: "10.1.0.1")
            let server = try EchoServer(in: node.outside, over: .tcp, at: ScratchNode.outsideAddress, port: 7)
            let flow = try red.converse(over: .tcp, with: ScratchNode.outsideAddress, port: 7)
            let before = try flow.say("before")
            try node.node.run("ip", "netns", "del", name)
            try await eventually("it is said") {
                log.findings.contains("name \(name): expected present, found missing")
            }
            #expect(try NetworkNamespace.names().contains(name))
            #expect(try node.restarted().settle(story.desired([floating])).changes == 0)
            #expect(try flow.say("after").port == before.port)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `where more happens than is heard, all routers are read`() async throws {
        // Room for a handful of notifications, and many at once: those of a device that goes with all its addresses.
        try await withAgent(roomForNews: 4096) { node, kernel, log in
            // Of this the kernel tells nobody.
            _ = try node.run(story.router, "sysctl -q -w net.ipv4.conf.\(story.gatewayDevice).arp_ignore=2")
            let other = try node.vm("flood", on: story.blue, "10.2.0.10/24", gateway: "10.2.0.1")
            let addresses = (1...250).map { "address add 192.0.2.\($0)/32 dev flood0" }.joined(separator: "\n")
            try await eventually("some of it is lost") {
                _ = try other.run(
                    "sh",
                    "-c",
                    "ip link add flood0 type veth peer flood1; echo '\(addresses)' | ip -batch -; ip link del flood0"
                )
                return log.hasMissedNews
            }
            let finding = "arp_ignore of \(story.gatewayDevice): expected 1, found 2"
            try await eventually("it is said what was found") { log.findings == [finding] }
            #expect(try node.restarted().settle(story.desired([floating])).changes == 0)
        }
    }

    @Test func `its own changes give the agent no doubt about its work`() async throws {
        try await withAgent { node, kernel, log in
            let second = Samples.floating(2, "203.0.113.11", to: "10.1.0.11")
            plane.say(.upserted(second.wire), of: story.router.description)
            try await eventually("the second address is active") {
                plane.record.addressReports.last { $0.id == second.id.description }?.state == .active
            }
            // Whatever it heard of itself by then, it had to look at before this one.
            _ = try node.run(story.router, "ip addr del 203.0.113.11/32 dev \(story.gatewayDevice)")
            try await eventually("what someone did is put right") { !log.findings.isEmpty }
            #expect(
                log.findings == ["address 203.0.113.11/32 on \(story.gatewayDevice): expected present, found missing"]
            )
        }
    }
}

/// What an agent said about repairs.
private final class RepairLog: Sendable {
    private let found = Mutex<[String]>([])
    private let missedNews = Atomic(false)

    /// Whether it said that the kernel told more than it heard.
    var hasMissedNews: Bool { missedNews.load(ordering: .relaxed) }

    var findings: [String] { found.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RepairLog
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            if "\(event.message)".hasPrefix("the kernel told more") { log.missedNews.store(true, ordering: .relaxed) }
            guard case .array(let values)? = event.metadata?[Telemetry.found] else { return }
            log.found.withLock { $0 += values.map(\.description) }
        }
    }
}
