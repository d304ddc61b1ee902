import Addressing
import NIOHTTP1
import Testing

@testable import Sluice

/// All that a router does to traffic, at once: a TCP flow, a UDP flow and fresh connections, each through SNAT, a
/// floating IP and port forwardings, and routed over IPv6.
struct SteadyTraffic {
    let system: SystemUnderTest
    private let echoes: [HostEcho]
    private let paths: [TrafficPath]
    private(set) var flows: [SteadyFlow] = []

    /// Makes the echoes and the port forwardings, and waits until each path works.
    init(through system: SystemUnderTest) async throws {
        self.system = system
        let scene = system.scene
        echoes = try [scene.blue, scene.green, scene.outside].map { try HostEcho(on: $0) }
        let forwarded = try await Self.forward(to: scene.second, on: scene.external, system.client)
        let outside = try Self.address("203.0.113.1")
        let network = try await RoutedNetwork(through: system)
        paths = [
            TrafficPath(
                title: "SNAT",
                client: scene.green,
                destination: outside,
                identity: try Self.address(scene.router.address)
            ),
            TrafficPath(
                title: "floating IP",
                client: scene.outside,
                destination: try Self.address(scene.floatingIP.address),
                identity: outside
            ),
            TrafficPath(
                title: "port forwarding",
                client: scene.outside,
                destination: try Self.address(forwarded),
                port: 7091,
                identity: outside
            ),
            TrafficPath(
                title: "IPv6",
                client: scene.green,
                destination: network.outside,
                identity: network.inside
            ),
        ]
        try await waitUntilOpen()
    }

    /// Begins all flows anew.
    mutating func start() {
        flows = paths.flatMap { path in SteadyFlow.Kind.allCases.map { SteadyFlow($0, on: path) } }
    }

    func stop() {
        for flow in flows { flow.stop() }
    }

    func close() {
        stop()
        for echo in echoes { echo.stop() }
    }

    /// Waits until each path lets new traffic through.
    func waitUntilOpen() async throws {
        for path in paths {
            for kind in [HostSocket.Kind.tcp, .udp] {
                try await system.eventually { (try? path.call(kind, within: .milliseconds(500))) != nil }
            }
        }
    }

    /// What went wrong since it was last asked, after each flow has gone on a while and what is under way has come.
    func losses() async throws -> [String] {
        let before = flows.map(\.echoes)
        try await system.eventually {
            zip(flows, before).allSatisfy { $0.echoes >= $1 + 10 || $0.hasFailed }
        }
        let sent = flows.map(\.sent)
        try? await system.eventually(within: .seconds(6)) {
            zip(flows, sent).allSatisfy { $0.missing(upTo: $1) == 0 || $0.hasFailed }
        }
        return zip(flows, sent).flatMap { flow, sent in
            flow.takeFailures(upTo: sent).map { "\(flow.title): \($0)" }
        }
    }

    /// Forwards a TCP and a UDP port of a new floating IP; returns its address.
    private static func forward(to tenant: DemoStory.Tenant, on external: String, _ client: RESTClient) async throws
        -> String
    {
        let floatingIP = try await client.send(
            .POST,
            "/v2.0/floatingips",
            ["floatingip": ["floating_network_id": .string(external)]]
        )["floatingip"]
        for kind in ["tcp", "udp"] {
            _ = try await client.send(
                .POST,
                "/v2.0/floatingips/\(floatingIP["id"].text)/port_forwardings",
                [
                    "port_forwarding": [
                        "protocol": .string(kind), "external_port": 7091,
                        "internal_port": .number(Double(HostEcho.port)), "internal_port_id": .string(tenant.port),
                        "internal_ip_address": .string(tenant.address),
                    ]
                ]
            )
        }
        return floatingIP["floating_ip_address"].text
    }

    private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
}
