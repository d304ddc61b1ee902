import Addressing
import NIOHTTP1
import Netlink
import Testing

@testable import Sluice

/// A router that a tenant gives a second gateway over REST.
@Suite(.serialized, .wholeSystem) struct FurtherGatewayTests {
    @Test(.timeLimit(.minutes(3)))
    func `a floating IP of a further network answers a host that only that network's gateway knows`() async throws {
        try await SystemUnderTest.run { system in
            let host = DemoHost(
                title: "further",
                namespace: "\(system.demo.prefix)-further",
                address: try #require(CIDR("198.51.100.1/24")),
                gateway: nil
            )
            defer { try? NetworkNamespace.delete(named: host.namespace) }
            try system.demo.node.plug(host, into: DemoNode.externalBridge, device: "tapfurther", mac: nil)
            _ = try await system.run(in: host.namespace, "ip", "address", "add", "192.0.2.9/32", "dev", "lo")
            let route = ["route", "replace", "198.51.100.0/24", "dev", "eth0", "src", "192.0.2.9"]
            _ = try await system.run(in: host.namespace, "sh", "-c", "ip " + route.joined(separator: " "))

            let network = try await system.create("networks", "network", ["name": "other", "router:external": true])
            let subnet: JSONValue = [
                "network_id": .string(network), "ip_version": 4, "cidr": "198.51.100.0/24",
                "gateway_ip": "198.51.100.1", "enable_dhcp": false,
            ]
            _ = try await system.create("subnets", "subnet", subnet)
            _ = try await system.client.send(
                .PUT,
                "/v2.0/routers/\(system.scene.router.id)/add_external_gateways",
                ["router": ["external_gateways": [["network_id": .string(network)]]]]
            )
            let floating = try await system.client.send(
                .POST,
                "/v2.0/floatingips",
                [
                    "floatingip": [
                        "floating_network_id": .string(network), "port_id": .string(system.scene.first.port),
                    ]
                ]
            )["floatingip"]
            let address = try #require(IPv4Address(floating["floating_ip_address"].text))
            try await system.eventually {
                let answer = try? host.ask(address, within: 1)
                return answer == DemoAnswer(server: "blue-vm", clientAddress: "192.0.2.9")
            }
            // The first network's floating IP of the same machine is what it was.
            let first = try system.scene.outside.ask(
                try #require(IPv4Address(system.scene.floatingIP.address)),
                within: 5
            )
            #expect(first == DemoAnswer(server: "blue-vm", clientAddress: "203.0.113.1"))
            #expect(try await system.ask("verify").status == 0)
        }
    }
}
