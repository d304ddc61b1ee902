import NIOHTTP1
import PostgresTestSupport
import Testing

@testable import Gateway

@Suite(.tags(.postgres), .needsPostgres) struct PortsAPITests {
    private static let nowhere = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    /// A network with a subnet 10.0.0.0/24, and what a port on it begins with.
    private func site(
        _ api: RESTUnderTest,
        _ attributes: JSONValue = [:],
        as persona: Persona = .member
    ) async throws -> (network: JSONValue, subnet: JSONValue, on: JSONValue) {
        let network = try await api.make("networks", attributes, as: persona)
        let on: JSONValue = ["network_id": network["id"]]
        let subnet = try await api.make("subnets", on.with(["ip_version": 4, "cidr": "10.0.0.0/24"]), as: persona)
        return (network, subnet, on)
    }

    @Test func `each attribute of a port has its default`() async throws {
        try await RESTUnderTest.run { api async throws in
            let (network, subnet, on) = try await site(api)
            let port = try await api.make("ports", on)
            let defaults: JSONValue = [
                "name": "", "description": "", "network_id": network["id"], "admin_state_up": true, "status": "DOWN",
                "fixed_ips": [["subnet_id": subnet["id"], "ip_address": "10.0.0.2"]], "device_id": "",
                "device_owner": "", "port_security_enabled": true, "allowed_address_pairs": [], "extra_dhcp_opts": [],
                "binding:vnic_type": "normal", "dns_name": "", "dns_domain": "",
                "dns_assignment": [
                    [
                        "ip_address": "10.0.0.2", "hostname": "host-10-0-0-2",
                        "fqdn": "host-10-0-0-2.openstacklocal.",
                    ]
                ], "ip_allocation": "immediate", "project_id": "blue", "tenant_id": "blue", "tags": [],
                "revision_number": 1,
            ]
            #expect(port.holds(defaults))
            #expect(port["mac_address"].string.hasPrefix("fa:16:3e:"))
            #expect(port["security_groups"].array.count == 1)
            let hidden: JSONValue = [
                "binding:host_id": "", "binding:profile": [:], "binding:vif_type": "unbound",
                "binding:vif_details": [:],
            ]
            let seen = try await api.get("ports", port, as: .admin).json["port"]
            #expect(seen.holds(hidden))
            for name in ["binding:host_id", "binding:profile", "binding:vif_type", "binding:vif_details"] {
                #expect(!port.has(name), "\(name)")
            }
            for name in ["qos_policy_id", "qos_network_policy_id", "resource_request", "numa_affinity_policy"] {
                #expect(!seen.has(name), "\(name)")
            }
        }
    }

    @Test func `each attribute of a port is stored, and changed where the API lets it`() async throws {
        let plain: [(String, JSONValue, JSONValue)] = [
            ("name", "a", "b"), ("description", "a", "b"), ("admin_state_up", false, true),
            ("mac_address", "fa:16:3e:00:00:01", "fa:16:3e:00:00:02"), ("device_id", "vm-1", ""),
            ("device_owner", "compute:nova", ""), ("port_security_enabled", false, true),
            ("allowed_address_pairs", [["ip_address": "10.0.0.9", "mac_address": "fa:16:3e:00:00:03"]], []),
            ("extra_dhcp_opts", [["opt_name": "mtu", "opt_value": "1400", "ip_version": 4]], []),
            ("binding:vnic_type", "direct", "normal"), ("dns_name", "web", ""), ("dns_domain", "a.example.", ""),
        ]
        let administrators: [(String, JSONValue, JSONValue)] = [("binding:host_id", "node-1", "")]
        try await RESTUnderTest.run { api async throws in
            for (rows, persona) in [(plain, Persona.member), (administrators, .admin)] {
                for (name, first, second) in rows {
                    let (_, _, on) = try await site(api, as: persona)
                    let port = try await api.make("ports", on.with(.object(JSONObject([name: first]))), as: persona)
                    #expect(port[name] == first, "\(name)")
                    let changed = try await api.change("ports", port, .object(JSONObject([name: second])), as: persona)
                    #expect(changed.json["port"][name] == second, "\(name) \(changed)")
                    #expect(changed.json["port"]["revision_number"] == 2, "\(name)")
                }
            }
            let (_, _, on) = try await site(api)
            let paired = try await api.make("ports", on.with(["allowed_address_pairs": [["ip_address": "10.0.0.9"]]]))
            #expect(paired["allowed_address_pairs"][0]["mac_address"] == paired["mac_address"])
            let drawn = try await api.change("ports", paired, ["mac_address": .null])
            #expect(drawn.json["port"]["mac_address"] != paired["mac_address"])
            let service = Persona(project: "services", role: "admin,service")
            let bound = try await api.change(
                "ports",
                paired,
                ["binding:profile": ["slot": 3], "binding:host_id": "node-1"],
                as: service
            )
            #expect(bound.json["port"]["binding:profile"] == ["slot": 3])
            #expect(bound.json["port"]["binding:vif_type"] != "unbound")
        }
    }

    @Test func `what a port may not be is refused by its type`() async throws {
        try await RESTUnderTest.run { api async throws in
            let (_, subnet, on) = try await site(api)
            let (_, elsewhere, _) = try await site(api)
            let taken = try await api.make("ports", on.with(["fixed_ips": [["ip_address": "10.0.0.50"]]]))
            let rows: [(JSONValue, String)] = [
                (["network_id": .string(Self.nowhere)], "404 NetworkNotFound"),
                (["network_id": "net"], "400 HTTPBadRequest"), (["status": "ACTIVE"], "400 HTTPBadRequest"),
                (["mac_address": "00:00:00:00:00:00"], "400 HTTPBadRequest"),
                (["mac_address": "m"], "400 HTTPBadRequest"),
                (["mac_address": taken["mac_address"]], "409 MacAddressInUse"),
                (["fixed_ips": .null], "400 HTTPBadRequest"), (["fixed_ips": "10.0.0.5"], "400 HTTPBadRequest"),
                (["fixed_ips": [["ip_address": "192.0.2.1"]]], "400 InvalidIpForNetwork"),
                (["fixed_ips": [["ip_address": "192.0.2.1", "subnet_id": subnet["id"]]]], "400 InvalidIpForSubnet"),
                (["fixed_ips": [["ip_address": "10.0.0.255"]]], "400 InvalidIpForNetwork"),
                (["fixed_ips": [["subnet_id": elsewhere["id"]]]], "400 InvalidInput"),
                (["fixed_ips": [["subnet_id": .string(Self.nowhere)]]], "404 SubnetNotFound"),
                (["fixed_ips": [[:]]], "400 InvalidInput"),
                (["fixed_ips": [["ip_address": "10.0.0.7"], ["ip_address": "10.0.0.7"]]], "400 InvalidInput"),
                (["fixed_ips": [["ip_address": "10.0.0.50"]]], "409 IpAddressAlreadyAllocated"),
                (["allowed_address_pairs": [["ip_address": "ten"]]], "400 HTTPBadRequest"),
                (["allowed_address_pairs": [[:]]], "400 HTTPBadRequest"),
                (["extra_dhcp_opts": [["opt_value": "1"]]], "400 HTTPBadRequest"),
                (["extra_dhcp_opts": [["opt_name": "a", "opt_value": "1", "ip_version": 5]]], "400 HTTPBadRequest"),
                (["binding:vnic_type": "wooden"], "400 HTTPBadRequest"), (["dns_name": "-x"], "400 HTTPBadRequest"),
                (["dns_domain": "no-dot"], "400 HTTPBadRequest"), (["binding:host_id": "n"], "403 PolicyNotAuthorized"),
                (["binding:profile": [:]], "403 PolicyNotAuthorized"),
                (["device_id": .string(String(repeating: "x", count: 256))], "400 HTTPBadRequest"),
                (["admin_state_up": .null], "400 InvalidInput"), (["ip_allocation": "none"], "400 HTTPBadRequest"),
            ]
            for (attributes, outcome) in rows {
                #expect(try await api.making("ports", on.with(attributes)) == outcome, "\(attributes)")
            }
            #expect(try await api.making("ports", [:]) == "400 HTTPBadRequest")
            #expect(try await api.making("ports", on, as: .reader) == "403 PolicyNotAuthorized")
            #expect(try await api.making("ports", on, as: .other) == "404 NetworkNotFound")
            let bare = try await api.make("ports", on.with(["fixed_ips": []]))
            #expect(bare["fixed_ips"] == [] && bare["ip_allocation"] == "none")
        }
    }

    @Test func `a network without a free address says so`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks")
            let on: JSONValue = ["network_id": network["id"]]
            let pool: JSONValue = [["start": "10.0.0.9", "end": "10.0.0.9"]]
            _ = try await api.make(
                "subnets",
                on.with(["ip_version": 4, "cidr": "10.0.0.0/24", "allocation_pools": pool])
            )
            #expect(try await api.making("ports", on) == "201")
            #expect(try await api.making("ports", on) == "409 IpAddressGenerationFailure")
        }
    }

    @Test func `what only the owner of a network does on it`() async throws {
        try await RESTUnderTest.run { api async throws in
            let (_, subnet, on) = try await site(api, ["shared": true], as: .admin)
            let rows: [(JSONValue, String)] = [
                (["mac_address": "fa:16:3e:00:00:01"], "403 PolicyNotAuthorized"),
                (["fixed_ips": [["ip_address": "10.0.0.9"]]], "403 PolicyNotAuthorized"),
                (["fixed_ips": [["subnet_id": subnet["id"]]]], "201"),
                (["port_security_enabled": true], "201"),
                (["port_security_enabled": false], "403 PolicyNotAuthorized"),
                (["allowed_address_pairs": [["ip_address": "10.0.0.9"]]], "403 PolicyNotAuthorized"),
                (["device_owner": "network:dhcp"], "403 PolicyNotAuthorized"),
                (["device_owner": "compute:nova"], "201"),
            ]
            for (attributes, outcome) in rows {
                #expect(try await api.making("ports", on.with(attributes)) == outcome, "\(attributes)")
            }
            let port = try await api.make("ports", on)
            #expect(try await api.change("ports", port, ["mac_address": "fa:16:3e:00:00:01"]).status == 403)
            // Before it is told that the port's security groups must go first.
            #expect(try await api.change("ports", port, ["port_security_enabled": false]).status == 403)
            #expect(try await api.change("ports", port, ["fixed_ips": [["ip_address": "10.0.0.9"]]]).status == 403)
            let (_, _, external) = try await site(api, ["router:external": true], as: .admin)
            #expect(try await api.making("ports", external) == "403 PolicyNotAuthorized")
        }
    }

    @Test func `who sees and deletes a port`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks")
            let on: JSONValue = ["network_id": network["id"]]
            _ = try await api.make(
                "rbac-policies",
                [
                    "object_type": "network", "object_id": network["id"], "action": "access_as_shared",
                    "target_tenant": "red",
                ]
            )
            let (own, guest) = (try await api.make("ports", on), try await api.make("ports", on, as: .other))
            #expect(try await api.get("ports", own, as: .other).outcome == "404 PortNotFound")
            #expect(try await api.get("ports", guest).status == 200)
            #expect(try await api.list("ports", as: .other).map { $0["id"] } == [guest["id"]])
            #expect(try await api.change("ports", guest, ["name": "x"]).status == 403)
            #expect(try await api.delete("ports", own, as: .reader) == "403 PolicyNotAuthorized")
            // The network's owner may.
            #expect(try await api.delete("ports", guest) == "204")
            #expect(try await api.change("ports", own, ["network_id": .string(Self.nowhere)]).status == 400)
        }
    }

    @Test func `what a router or floating IP holds is not for others to change`() async throws {
        try await RESTUnderTest.run { api async throws in
            let (network, _, on) = try await site(api)
            let interface: JSONValue = [
                "id": .string(try await api.reserve(network, "network:router_interface", "blue", "10.0.0.1"))
            ]
            let shown = try await api.get("ports", interface).json["port"]
            #expect(shown["device_owner"] == "network:router_interface" && shown["security_groups"] == [])
            #expect(try await api.delete("ports", interface) == "409 ServicePortInUse")
            #expect(try await api.change("ports", interface, ["device_id": ""]).outcome == "409 Conflict")
            #expect(try await api.change("ports", interface, ["device_owner": ""]).outcome == "409 Conflict")
            #expect(try await api.change("ports", interface, ["fixed_ips": []]).outcome == "400 BadRequest")
            #expect(try await api.change("ports", interface, ["name": "r"]).status == 200)
            // Another project's router is not a device that a member's port belongs to.
            let (_, _, others) = try await site(api, as: .other)
            let posing: JSONValue = ["device_owner": "network:router_interface", "device_id": shown["device_id"]]
            #expect(
                try await api.making("ports", others.with(posing), as: .other) == "409 DeviceIDNotOwnedByTenant"
            )
            let port = try await api.make("ports", others, as: .other)
            #expect(try await api.change("ports", port, posing, as: .other).outcome == "409 DeviceIDNotOwnedByTenant")
            #expect(try await api.making("ports", on.with(posing)) == "201")
        }
    }

    @Test func `the ports of routers on external networks are for administrators`() async throws {
        try await RESTUnderTest.run { api async throws in
            let (network, _, _) = try await site(api, ["router:external": true], as: .admin)
            let gateway: JSONValue = ["id": .string(try await api.reserve(network, "network:router_gateway", "blue"))]
            #expect(try await api.get("ports", gateway).outcome == "404 PortNotFound")
            let seen = try await api.get("ports", gateway, as: .admin).json["port"]
            #expect(seen["project_id"] == "" && seen["device_owner"] == "network:router_gateway")
            #expect(try await api.delete("ports", gateway, as: .admin) == "409 ServicePortInUse")
        }
    }

    @Test func `ports are filtered and sorted by each attribute that can be`() async throws {
        try await RESTUnderTest.run { api async throws in
            let (network, subnet, on) = try await site(api)
            let one = try await api.make(
                "ports",
                on.with([
                    "name": "a", "device_id": "d1", "device_owner": "compute:nova", "admin_state_up": false,
                    "fixed_ips": [["ip_address": "10.0.0.77"]], "tags": ["x"], "description": "d",
                ])
            )
            _ = try await api.make("ports", on.with(["name": "b", "fixed_ips": []]))
            let rows: [(String, [String])] = [
                ("name=a", ["a"]), ("device_id=d1", ["a"]), ("device_owner=compute:nova", ["a"]), ("device_id=", ["b"]),
                ("admin_state_up=false", ["a"]), ("status=DOWN", ["a", "b"]), ("description=d", ["a"]),
                ("network_id=\(network["id"].string)", ["a", "b"]), ("mac_address=\(one["mac_address"].string)", ["a"]),
                ("fixed_ips=ip_address=10.0.0.77", ["a"]), ("fixed_ips=subnet_id=\(subnet["id"].string)", ["a"]),
                ("fixed_ips=ip_address_substr=0.0.7", ["a"]), ("ip_allocation=none", ["b"]), ("tags=x", ["a"]),
                ("fixed_ips=ip_address=10.0.0.77&fixed_ips=subnet_id=\(Self.nowhere)", []),
                ("security_groups=\(one["security_groups"][0].string)", ["a", "b"]),
                ("security_groups=\(Self.nowhere)", []), ("id=\(one["id"].string)", ["a"]),
                ("project_id=blue", ["a", "b"]), ("tenant_id=red", []), ("sort_key=name&sort_dir=desc", ["b", "a"]),
                ("sort_key=device_id&sort_dir=desc", ["a", "b"]),
            ]
            for (query, names) in rows {
                let found = try await api.list("ports", query).map { $0["name"].string }
                #expect(query.contains("sort_key") ? found == names : found.sorted() == names, "\(query)")
            }
            #expect(try await api.list("ports", "binding:host_id=", as: .admin).count == 2)
            for query in ["kettle=1", "fixed_ips=10.0.0.77", "binding:host_id=n", "allowed_address_pairs=x"] {
                #expect(try await api.send(.member, .GET, "ports?\(query)").status == 400, "\(query)")
            }
        }
    }
}
