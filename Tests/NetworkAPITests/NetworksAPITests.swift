import NIOHTTP1
import PostgresTestSupport
import Testing

@testable import Gateway

@Suite(.tags(.postgres), .needsPostgres) struct NetworksAPITests {
    private static let nowhere = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    @Test func `each attribute of a network has its default`() async throws {
        let defaults: JSONValue = [
            "name": "", "description": "", "admin_state_up": true, "status": "ACTIVE", "subnets": [], "shared": false,
            "router:external": false, "is_default": false, "mtu": 1450, "port_security_enabled": true,
            "availability_zone_hints": [], "availability_zones": [], "dns_domain": "", "ipv4_address_scope": .null,
            "ipv6_address_scope": .null, "l2_adjacency": true, "qos_policy_id": .null, "project_id": "blue",
            "tenant_id": "blue", "tags": [],
            "revision_number": 1,
        ]
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks")
            #expect(network.holds(defaults))
            for name in ["created_at", "updated_at"] { #expect(network[name].string.hasSuffix("Z")) }
            let hidden = ["provider:network_type", "provider:physical_network", "provider:segmentation_id"]
            for name in hidden + ["vlan_transparent", "shared_with_project"] {
                #expect(!network.has(name), "\(name)")
            }
            let seen = try await api.get("networks", network, as: .admin).json["network"]
            #expect(seen["provider:network_type"] == "vxlan" && seen["provider:physical_network"] == .null)
            #expect((seen["provider:segmentation_id"].number ?? 0) > 0)
        }
    }

    @Test func `each attribute of a network is stored, and changed where the API lets it`() async throws {
        let plain: [(String, JSONValue, JSONValue)] = [
            ("name", "a", "b"), ("description", "a", "b"), ("admin_state_up", false, true), ("mtu", 68, 9000),
            ("port_security_enabled", false, true), ("dns_domain", "a.example.", ""),
        ]
        let administrators: [(String, JSONValue, JSONValue)] = [
            ("shared", true, false), ("router:external", true, false),
        ]
        try await RESTUnderTest.run { api async throws in
            for (rows, persona) in [(plain, Persona.member), (administrators, .admin)] {
                for (name, first, second) in rows {
                    let network = try await api.make("networks", .object(JSONObject([name: first])), as: persona)
                    #expect(network[name] == first, "\(name)")
                    let changed = try await api.change(
                        "networks",
                        network,
                        .object(JSONObject([name: second])),
                        as: persona
                    )
                    #expect(changed.json["network"][name] == second, "\(name)")
                    #expect(changed.json["network"]["revision_number"] == 2, "\(name)")
                }
            }
            let flat = try await api.make(
                "networks",
                ["provider:network_type": "flat", "provider:physical_network": "physnet1"],
                as: .admin
            )
            #expect(flat["provider:network_type"] == "flat" && flat["provider:physical_network"] == "physnet1")
            #expect(flat["provider:segmentation_id"] == .null && flat["mtu"] == 1500)
            let standard = try await api.make("networks", ["router:external": true, "is_default": true], as: .admin)
            #expect(standard["is_default"] == true)
        }
    }

    @Test func `what a network may not be is refused by its type`() async throws {
        let long = JSONValue.string(String(repeating: "x", count: 256))
        let members: [(JSONValue, String)] = [
            (["name": long], "400 HTTPBadRequest"), (["name": 5], "400 HTTPBadRequest"),
            (["description": long], "400 HTTPBadRequest"), (["admin_state_up": "maybe"], "400 InvalidInput"),
            (["admin_state_up": .null], "400 InvalidInput"), (["mtu": 67], "400 HTTPBadRequest"),
            (["mtu": "big"], "400 InvalidInput"), (["dns_domain": "no-dot"], "400 HTTPBadRequest"),
            (["availability_zone_hints": ["a", "a"]], "400 HTTPBadRequest"),
            (["availability_zone_hints": "a"], "400 HTTPBadRequest"), (["tags": ["a", "a"]], "400 HTTPBadRequest"),
            (["status": "ACTIVE"], "400 HTTPBadRequest"), (["subnets": []], "400 HTTPBadRequest"),
            (["l2_adjacency": true], "400 HTTPBadRequest"), (["kettle": 1], "400 HTTPBadRequest"),
            (["shared": true], "403 PolicyNotAuthorized"), (["router:external": true], "403 PolicyNotAuthorized"),
            (["is_default": true], "403 PolicyNotAuthorized"),
            (["provider:network_type": "vxlan"], "403 PolicyNotAuthorized"),
            (["provider:segmentation_id": .null], "403 PolicyNotAuthorized"),
            (["project_id": "red"], "400 HTTPBadRequest"),
            (["project_id": "blue", "tenant_id": "red"], "400 HTTPBadRequest"), (["shared": false], "201"),
        ]
        let administrators: [(JSONValue, String)] = [
            (["provider:network_type": "token-ring"], "400 HTTPBadRequest"),
            (["provider:network_type": "flat"], "400 InvalidInput"),
            (["provider:network_type": "vlan", "provider:segmentation_id": 5], "400 InvalidInput"),
            (["provider:network_type": "vxlan", "provider:physical_network": "p"], "400 InvalidInput"),
            (["provider:network_type": "vxlan", "provider:segmentation_id": 16_777_216], "400 InvalidInput"),
            (["provider:network_type": "flat", "provider:physical_network": "p"], "201"),
            (["provider:network_type": "flat", "provider:physical_network": "p"], "409 FlatNetworkInUse"),
            (["provider:network_type": "vxlan", "provider:segmentation_id": 77], "201"),
            (["provider:network_type": "vxlan", "provider:segmentation_id": 77], "409 Conflict"),
            (["project_id": "red"], "201"),
        ]
        try await RESTUnderTest.run { api async throws in
            for (attributes, outcome) in members {
                #expect(try await api.making("networks", attributes) == outcome, "\(attributes)")
            }
            for (attributes, outcome) in administrators {
                #expect(try await api.making("networks", attributes, as: .admin) == outcome, "\(attributes)")
            }
            #expect(try await api.making("networks", [:], as: .reader) == "403 PolicyNotAuthorized")
        }
    }

    @Test func `who may change and delete a network`() async throws {
        try await RESTUnderTest.run { api async throws in
            let own = try await api.make("networks")
            let shared = try await api.make("networks", ["shared": true], as: .admin)
            let rows: [(JSONValue, Persona, String)] = [
                (own, .other, "404 NetworkNotFound"), (own, .reader, "403 PolicyNotAuthorized"),
                (shared, .member, "403 PolicyNotAuthorized"),
                (["id": .string(Self.nowhere)], .member, "404 NetworkNotFound"),
                (["id": "not-an-id"], .member, "404 NetworkNotFound"),
            ]
            for (network, persona, outcome) in rows {
                #expect(try await api.change("networks", network, ["name": "x"], as: persona).outcome == outcome)
                #expect(try await api.delete("networks", network, as: persona) == outcome)
            }
            #expect(try await api.change("networks", own, ["shared": true]).outcome == "403 PolicyNotAuthorized")
            #expect(try await api.change("networks", own, ["project_id": "red"], as: .admin).status == 400)
            #expect(try await api.change("networks", own, ["status": "DOWN"]).status == 400)
            #expect(try await api.change("networks", own, ["availability_zone_hints": []]).status == 400)
        }
    }

    @Test func `a network is deleted with its subnets, but not with ports`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks")
            let on: JSONValue = ["network_id": network["id"]]
            let subnet = try await api.make("subnets", on.with(["ip_version": 4, "cidr": "10.0.0.0/24"]))
            let shown = try await api.get("networks", network).json["network"]
            #expect(shown["subnets"] == .array([subnet["id"]]))
            #expect(shown["revision_number"] == 2)
            let port = try await api.make("ports", on)
            let refused = try await api.send(.member, .DELETE, "networks/\(network["id"].string)")
            #expect(refused.outcome == "409 NetworkInUse")
            let words = "There are one or more ports still in use on the network"
            #expect(refused.json["NeutronError"]["message"].string.contains(words))
            #expect(try await api.delete("ports", port) == "204")
            // DHCP's ports do not keep it.
            _ = try await api.make("ports", on.with(["device_owner": "network:dhcp"]))
            #expect(try await api.delete("networks", network) == "204")
            #expect(try await api.get("subnets", subnet).outcome == "404 SubnetNotFound")
            #expect(try await api.list("ports").isEmpty)
        }
    }

    @Test func `an external network with gateways stays external`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks", ["router:external": true], as: .admin)
            let on: JSONValue = ["network_id": network["id"], "ip_version": 4, "cidr": "203.0.113.0/24"]
            _ = try await api.make("subnets", on, as: .admin)
            #expect(try await api.get("networks", network, as: .other).status == 200)
            _ = try await api.reserve(network, "network:router_gateway", "")
            let closed = try await api.change("networks", network, ["router:external": false], as: .admin)
            #expect(closed.outcome == "409 ExternalNetworkInUse")
            let policy = try await api.list("rbac-policies", as: .admin)[0]
            #expect(try await api.delete("rbac-policies", policy, as: .admin) == "409 RbacPolicyInUse")
            #expect(try await api.delete("networks", network, as: .admin) == "409 NetworkInUse")
        }
    }

    @Test func `only whose gateway is on an external network keeps its policy`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks", as: .admin)
            func policy(_ target: JSONValue) async throws -> JSONValue {
                try await api.make(
                    "rbac-policies",
                    [
                        "object_type": "network", "object_id": network["id"], "action": "access_as_external",
                        "target_tenant": target,
                    ],
                    as: .admin
                )
            }
            let (blue, red) = (try await policy("blue"), try await policy("red"))
            _ = try await api.reserve(network, "network:router_gateway", "red")
            #expect(try await api.delete("rbac-policies", red, as: .admin) == "409 RbacPolicyInUse")
            #expect(try await api.delete("rbac-policies", blue, as: .admin) == "204")
        }
    }

    @Test func `networks are filtered and sorted by each attribute that can be`() async throws {
        try await RESTUnderTest.run { api async throws in
            let one = try await api.make(
                "networks",
                ["name": "a", "description": "d", "admin_state_up": false, "mtu": 1000, "tags": ["x"]]
            )
            _ = try await api.make("networks", ["name": "b", "mtu": 2000])
            _ = try await api.make(
                "networks",
                ["name": "c", "router:external": true, "is_default": true, "mtu": 3000],
                as: .admin
            )
            let rows: [(String, [String])] = [
                ("name=a", ["a"]), ("name=a&name=b", ["a", "b"]), ("description=d", ["a"]),
                ("admin_state_up=false", ["a"]), ("admin_state_up=False&name=b", []),
                ("status=ACTIVE", ["a", "b", "c"]),
                ("mtu=2000", ["b"]), ("router:external=true", ["c"]), ("is_default=true", ["c"]),
                ("shared=true", []), ("tags=x", ["a"]), ("not-tags=x", ["b", "c"]), ("id=\(one["id"].string)", ["a"]),
                ("project_id=blue", ["a", "b"]), ("tenant_id=admin", ["c"]), ("revision_number=1", ["a", "b", "c"]),
                ("sort_key=mtu&sort_dir=desc", ["c", "b", "a"]), ("sort_key=name&sort_dir=asc&limit=2", ["a", "b"]),
                ("sort_key=admin_state_up&sort_dir=asc&sort_key=name&sort_dir=desc", ["a", "c", "b"]),
            ]
            for (query, names) in rows {
                let found = try await api.list("networks", query).map { $0["name"].string }
                #expect(query.contains("sort_key") ? found == names : found.sorted() == names, "\(query)")
            }
            for query in ["kettle=1", "mtu=big", "subnets=x", "created_at=x", "provider:network_type=vxlan"] {
                #expect(try await api.send(.member, .GET, "networks?\(query)").status == 400, "\(query)")
            }
            let carried = try await api.list("networks", "provider:network_type=vxlan", as: .admin)
            #expect(carried.count == 3)
        }
    }

    @Test func `how full networks are is for administrators`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks", ["name": "n"])
            let on: JSONValue = ["network_id": network["id"]]
            let four = try await api.make("subnets", on.with(["ip_version": 4, "cidr": "10.0.0.0/29", "name": "s"]))
            _ = try await api.make("subnets", on.with(["ip_version": 6, "cidr": "2001:db8::/32"]))
            _ = try await api.make("ports", on)
            let seen = try await api.send(.admin, .GET, "network-ip-availabilities/\(network["id"].string)")
            let shown = seen.json["network_ip_availability"]
            #expect(shown["network_id"] == network["id"] && shown["network_name"] == "n")
            #expect(shown["project_id"] == "blue" && shown["tenant_id"] == "blue")
            #expect(shown["used_ips"] == 2)
            // All of a /32 but the base, which is the gateway, with the five of the other subnet.
            #expect(shown["total_ips"] == .number("79228162514264337593543950340"))
            let subnet = shown["subnet_ip_availability"][0]
            #expect(subnet["subnet_id"] == four["id"] && subnet["subnet_name"] == "s")
            #expect(subnet["cidr"] == "10.0.0.0/29" && subnet["ip_version"] == 4)
            #expect(subnet["total_ips"] == 5 && subnet["used_ips"] == 1)
            let listed = try await api.list("network-ip-availabilities", "network_name=n", as: .admin)
            #expect(listed == [shown])
            #expect(try await api.list("network-ip-availabilities", "network_name=m", as: .admin).isEmpty)
            let older = try await api.list("network-ip-availabilities", "ip_version=4", as: .admin)
            #expect(older.first?["subnet_ip_availability"][0]["subnet_id"] == four["id"])
            #expect(older.first?["total_ips"] == 5 && older.first?["used_ips"] == 1)
            let none = try await api.list("network-ip-availabilities", "ip_version=99999999999999", as: .admin)
            #expect(none.first?["subnet_ip_availability"] == [])
            let wrong = try await api.send(.admin, .GET, "network-ip-availabilities?ip_version=x")
            #expect(wrong.status == 400)
            #expect(try await api.list("network-ip-availabilities").isEmpty)
            let hidden = try await api.send(.member, .GET, "network-ip-availabilities/\(network["id"].string)")
            #expect(hidden.outcome == "404 NetworkNotFound")
            #expect(try await api.send(.admin, .POST, "network-ip-availabilities", [:]).status == 405)
        }
    }
}
