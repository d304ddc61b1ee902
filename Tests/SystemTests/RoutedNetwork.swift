import Addressing
import NIOHTTP1
import Netlink
import Testing

@testable import Sluice

/// IPv6 between a tenant's host and the outside, made over REST: subnets on both networks, and the router's addresses
/// on them.
struct RoutedNetwork {
    let inside: IPAddress
    let outside: IPAddress

    init(through system: SystemUnderTest) async throws {
        let (scene, client) = (system.scene, system.client)
        inside = try #require(IPAddress("2001:db8:2::10"))
        outside = try #require(IPAddress("2001:db8:ff::1"))
        let (own, tenants) = (scene.external, scene.second.network)
        let external = try await Self.subnet("2001:db8:ff::/64", gateway: "\(outside)", on: own, client)
        let inner = try await Self.subnet("2001:db8:2::/64", gateway: "2001:db8:2::1", on: tenants, client)
        let addresses: JSONValue = [
            ["ip_address": .string(scene.router.address)], ["subnet_id": .string(external)],
        ]
        let router = try await client.send(
            .PUT,
            "/v2.0/routers/\(scene.router.id)",
            [
                "router": [
                    "external_gateway_info": [
                        "network_id": .string(scene.external), "external_fixed_ips": addresses,
                    ]
                ]
            ]
        )["router"]
        _ = try await client.send(
            .PUT,
            "/v2.0/routers/\(scene.router.id)/add_router_interface",
            ["subnet_id": .string(inner)]
        )
        let fixed = router["external_gateway_info"]["external_fixed_ips"]
        let gateway = [0, 1].map { fixed[$0]["ip_address"].text }.first { $0.contains(":") }
        try Self.configure(scene.outside, "\(outside)/64", to: "2001:db8:2::/64", via: try #require(gateway))
        try Self.configure(scene.green, "\(inside)/64", to: "::/0", via: "2001:db8:2::1")
    }

    private static func subnet(
        _ cidr: String,
        gateway: String,
        on network: String,
        _ client: RESTClient
    ) async throws -> String {
        try await client.send(
            .POST,
            "/v2.0/subnets",
            [
                "subnet": [
                    "network_id": .string(network), "ip_version": 6, "cidr": .string(cidr),
                    "gateway_ip": .string(gateway), "enable_dhcp": false,
                ]
            ]
        )["subnet"]["id"].text
    }

    /// Gives a host an address and a route.
    private static func configure(_ host: DemoHost, _ address: String, to all: String, via gateway: String) throws {
        let requests: [RouteRequest] = [
            .replaceAddress(InterfaceAddress(try #require(CIDR(address)), on: DemoHost.interface)),
            .replaceRoute(.via(try #require(IPAddress(gateway)), to: try #require(CIDR(all)))),
        ]
        try NetworkNamespace.open(named: host.namespace).perform { () throws(NetlinkError) in
            var route = try RouteSocket()
            try route.apply(requests)
        }
    }
}
