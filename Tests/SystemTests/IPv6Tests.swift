import NIOHTTP1
import Testing

@testable import Sluice

/// What tenants ask of IPv6 over REST, as a virtual machine and a host outside see it.
@Suite(.serialized, .wholeSystem) struct IPv6Tests {
    @Test(.timeLimit(.minutes(3)))
    func `a virtual machine sets itself up by its router, until that leaves the subnet`() async throws {
        try await SystemUnderTest.run { system in
            let subnet = try await system.create(
                "subnets",
                "subnet",
                [
                    "network_id": .string(system.scene.first.network), "ip_version": 6, "cidr": "2001:db8:1::/64",
                    "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac", "dns_nameservers": ["2001:db8::53"],
                ]
            )
            let interface: JSONValue = ["subnet_id": .string(subnet)]
            let router = "/v2.0/routers/\(system.scene.router.id)"
            _ = try await system.client.send(.PUT, "\(router)/add_router_interface", interface)
            try await system.eventually {
                let routes = try? await system.run(in: system.scene.blue.namespace, "ip", "-6", "route", "show")
                return routes?.contains("default via fe80::") == true && routes?.contains("2001:db8:1::/64 dev") == true
            }
            #expect(try await system.ask("verify").output == "node demo-node: 1 router, all as wanted\n")

            let told = try await system.advertisements()
            _ = try await system.client.send(
                .PUT,
                "/v2.0/subnets/\(subnet)",
                ["subnet": ["dns_nameservers": ["2001:db8::54"]]]
            )
            try await system.eventually(within: .seconds(20)) { (try? await system.advertisements()) ?? 0 > told }

            _ = try await system.client.send(.PUT, "\(router)/remove_router_interface", interface)
            try await system.eventually {
                let route = try? await system.run(
                    in: system.scene.blue.namespace,
                    "ip",
                    "-6",
                    "route",
                    "show",
                    "default"
                )
                return route?.isEmpty == true
            }
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a proxied address is answered for until the proxy is deleted`() async throws {
        try await SystemUnderTest.run { system in
            let scope = try await system.create("address-scopes", "address_scope", ["name": "six", "ip_version": 6])
            let pool = try await system.create(
                "subnetpools",
                "subnetpool",
                [
                    "name": "six", "prefixes": ["2001:db8:40::/48"], "address_scope_id": .string(scope),
                    "default_prefixlen": 64,
                ]
            )
            for network in [system.scene.external, system.scene.first.network] {
                let subnet: JSONValue = [
                    "network_id": .string(network), "ip_version": 6, "subnetpool_id": .string(pool),
                ]
                let id = try await system.create("subnets", "subnet", subnet)
                guard network == system.scene.first.network else { continue }
                let path = "/v2.0/routers/\(system.scene.router.id)/add_router_interface"
                _ = try await system.client.send(.PUT, path, ["subnet_id": .string(id)])
            }
            let router: JSONValue = [
                "external_gateway_info": ["network_id": .string(system.scene.external)], "enable_ndp_proxy": true,
            ]
            _ = try await system.client.send(.PUT, "/v2.0/routers/\(system.scene.router.id)", ["router": router])
            let port = try await system.create("ports", "port", ["network_id": .string(system.scene.first.network)])
            let proxy = try await system.client.send(
                .POST,
                "/v2.0/ndp_proxies",
                ["ndp_proxy": ["router_id": .string(system.scene.router.id), "port_id": .string(port)]]
            )["ndp_proxy"]
            let address = proxy["ip_address"].text
            try await system.eventually { (try? await system.answers())?.contains("\(address) dev qg-") == true }
            _ = try await system.client.send(.DELETE, "/v2.0/ndp_proxies/\(proxy["id"].text)")
            try await system.eventually { (try? await system.answers())?.isEmpty == true }
            #expect(try await system.ask("verify").status == 0)
        }
    }
}

extension SystemUnderTest {
    /// How many router advertisements the first virtual machine took in.
    fileprivate func advertisements() async throws -> Int {
        let file = "/proc/net/dev_snmp6/eth0"
        let line = try await run(in: scene.blue.namespace, "grep", "Icmp6InRouterAdvertisements", file)
        return line.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0
    }

    /// What the router answers for.
    fileprivate func answers() async throws -> String {
        try await run(in: "qrouter-\(scene.router.id)", "ip", "-6", "neigh", "show", "proxy")
    }
}
