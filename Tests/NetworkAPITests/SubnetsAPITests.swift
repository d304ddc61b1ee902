import NIOHTTP1
import PostgresTestSupport
import Testing

@testable import Gateway

@Suite(.tags(.postgres), .needsPostgres) struct SubnetsAPITests {
    private static let nowhere = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    private func base(_ api: RESTUnderTest, _ persona: Persona = .member) async throws -> JSONValue {
        ["network_id": try await api.make("networks", as: persona)["id"], "ip_version": 4, "cidr": "10.0.0.0/24"]
    }

    @Test func `each attribute of a subnet has its default`() async throws {
        let defaults: JSONValue = [
            "name": "", "description": "", "ip_version": 4, "cidr": "10.0.0.0/24", "gateway_ip": "10.0.0.1",
            "allocation_pools": [["start": "10.0.0.2", "end": "10.0.0.254"]], "enable_dhcp": true,
            "dns_nameservers": [], "host_routes": [], "ipv6_ra_mode": .null, "ipv6_address_mode": .null,
            "subnetpool_id": .null, "service_types": [], "dns_publish_fixed_ip": false, "router:external": false,
            "project_id": "blue", "tenant_id": "blue", "tags": [], "revision_number": 1,
        ]
        try await RESTUnderTest.run { api async throws in
            // Host bits are masked off.
            let subnet = try await api.make("subnets", base(api).with(["cidr": "10.0.0.77/24"]))
            #expect(subnet.holds(defaults))
            for name in ["prefixlen", "use_default_subnetpool", "segment_id"] { #expect(!subnet.has(name), "\(name)") }
            let six = try await api.make("subnets", base(api).with(["ip_version": 6, "cidr": "2001:db8:1::/64"]))
            #expect(six["gateway_ip"] == "2001:db8:1::")
            #expect(six["allocation_pools"][0]["start"] == "2001:db8:1::1")
        }
    }

    @Test func `each attribute of a subnet is stored, and changed where the API lets it`() async throws {
        let route: JSONValue = ["destination": "10.9.0.0/16", "nexthop": "10.0.0.9"]
        let rows: [(String, JSONValue, JSONValue)] = [
            ("name", "a", "b"), ("description", "a", "b"), ("gateway_ip", "10.0.0.254", .null),
            (
                "allocation_pools", [["start": "10.0.0.10", "end": "10.0.0.20"]],
                [["start": "10.0.0.5", "end": "10.0.0.6"]]
            ),
            ("enable_dhcp", false, true), ("dns_nameservers", ["192.0.2.1", "2001:db8::1"], []),
            ("host_routes", [route], []), ("dns_publish_fixed_ip", true, false),
        ]
        try await RESTUnderTest.run { api async throws in
            for (name, first, second) in rows {
                let base = try await base(api)
                let subnet = try await api.make("subnets", base.with(.object(JSONObject([name: first]))))
                #expect(subnet[name] == first, "\(name)")
                let changed = try await api.change("subnets", subnet, .object(JSONObject([name: second])))
                #expect(changed.json["subnet"][name] == second, "\(name)")
                #expect(changed.json["subnet"]["revision_number"] == 2, "\(name)")
            }
            let typed = try await api.make(
                "subnets",
                base(api, .admin).with(["service_types": ["network:floatingip", "compute:nova"]]),
                as: .admin
            )
            #expect(typed["service_types"] == ["network:floatingip", "compute:nova"])
            let changed = try await api.change("subnets", typed, ["service_types": []], as: .admin)
            #expect(changed.json["subnet"]["service_types"] == [])
            for name in ["slaac", "dhcpv6-stateful", "dhcpv6-stateless"] {
                let mode = JSONValue.string(name)
                let six = try await api.make(
                    "subnets",
                    base(api).with([
                        "ip_version": 6, "cidr": "2001:db8::/64", "ipv6_ra_mode": mode, "ipv6_address_mode": mode,
                    ])
                )
                #expect(six["ipv6_ra_mode"] == mode && six["ipv6_address_mode"] == mode)
            }
        }
    }

    @Test func `what a subnet may not be is refused by its type`() async throws {
        let many = (0..<21).map { number -> JSONValue in
            ["destination": .string("10.\(number).0.0/16"), "nexthop": "10.0.0.9"]
        }
        let rows: [(JSONValue, String)] = [
            (["network_id": .string(Self.nowhere)], "404 NetworkNotFound"), (["ip_version": 6], "400 InvalidInput"),
            (["ip_version": 5], "400 HTTPBadRequest"), (["cidr": "ten"], "400 HTTPBadRequest"),
            (["cidr": "10.0.0.0/33"], "400 HTTPBadRequest"), (["cidr": .null], "400 BadRequest"),
            (["cidr": "10.0.0.0/31"], "400 InvalidInput"), (["cidr": "10.0.0.0/32"], "400 InvalidInput"),
            (["cidr": "224.0.0.0/24"], "400 InvalidInput"), (["cidr": "0.0.0.0/24"], "400 InvalidInput"),
            (["gateway_ip": "10.0.0.0"], "400 InvalidInput"), (["gateway_ip": "10.0.0.255"], "400 InvalidInput"),
            (["gateway_ip": "2001:db8::1"], "400 InvalidInput"), (["gateway_ip": "ten"], "400 HTTPBadRequest"),
            (
                ["gateway_ip": "10.0.0.5", "allocation_pools": [["start": "10.0.0.2", "end": "10.0.0.9"]]],
                "409 GatewayConflictWithAllocationPools"
            ),
            (["allocation_pools": [["start": "10.0.0.9", "end": "10.0.0.2"]]], "400 InvalidAllocationPool"),
            (["allocation_pools": [["start": "10.0.0.9", "end": "10.0.1.2"]]], "400 OutOfBoundsAllocationPool"),
            (
                [
                    "allocation_pools": [
                        ["start": "10.0.0.9", "end": "10.0.0.20"], ["start": "10.0.0.15", "end": "10.0.0.30"],
                    ]
                ],
                "409 OverlappingAllocationPools"
            ),
            (["allocation_pools": [["start": "10.0.0.9"]]], "400 HTTPBadRequest"),
            (["dns_nameservers": ["1.1.1.1", "1.1.1.1"]], "400 HTTPBadRequest"),
            (
                ["dns_nameservers": ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5", "1.1.1.6"]],
                "400 DNSNameServersExhausted"
            ),
            (["host_routes": [["destination": "10.9.0.1/16", "nexthop": "10.0.0.9"]]], "400 HTTPBadRequest"),
            (["host_routes": .array(many)], "400 HostRoutesExhausted"),
            (["ipv6_ra_mode": "slaac"], "400 InvalidInput"), (["ipv6_ra_mode": "guess"], "400 HTTPBadRequest"),
            (["service_types": ["network:dhcp"]], "403 PolicyNotAuthorized"),
            (["tags": ["a", "a"]], "400 HTTPBadRequest"), (["status": "ACTIVE"], "400 HTTPBadRequest"),
        ]
        let six: [(JSONValue, String)] = [
            (["ipv6_ra_mode": "slaac", "ipv6_address_mode": "dhcpv6-stateful"], "400 InvalidInput"),
            (["ipv6_ra_mode": "slaac", "enable_dhcp": false], "400 InvalidInput"),
            (["ipv6_ra_mode": "slaac", "cidr": "2001:db8::/63"], "400 InvalidInput"),
            (["ipv6_address_mode": "dhcpv6-stateless", "cidr": "2001:db8::/96"], "400 InvalidInput"),
            (["ipv6_address_mode": "dhcpv6-stateful", "cidr": "2001:db8::/96"], "201"),
        ]
        try await RESTUnderTest.run { api async throws in
            let base = try await base(api)
            for (attributes, outcome) in rows {
                #expect(try await api.making("subnets", base.with(attributes)) == outcome, "\(attributes)")
            }
            for (attributes, outcome) in six {
                let wanted = base.with(["ip_version": 6, "cidr": "2001:db8::/64"]).with(attributes)
                #expect(try await api.making("subnets", wanted) == outcome, "\(attributes)")
            }
            for name in ["network_id", "ip_version"] {
                guard case .object(var object) = base else { continue }
                object[name] = nil
                #expect(try await api.making("subnets", .object(object)) == "400 HTTPBadRequest", "\(name)")
            }
            let typed = base.with(["service_types": ["disk"]])
            #expect(try await api.making("subnets", typed, as: .admin) == "400 InvalidSubnetServiceType")
            #expect(try await api.making("subnets", base) == "201")
            let inside = base.with(["cidr": "10.0.0.128/25"])
            #expect(try await api.making("subnets", inside) == "400 InvalidInput")
            #expect(try await api.making("subnets", base, as: .reader) == "403 PolicyNotAuthorized")
            let shared = try await api.make("networks", ["shared": true], as: .admin)
            let foreign = base.with(["network_id": shared["id"]])
            #expect(try await api.making("subnets", foreign) == "403 PolicyNotAuthorized")
        }
    }

    @Test func `what never changes of a subnet is refused`() async throws {
        try await RESTUnderTest.run { api async throws in
            let subnet = try await api.make("subnets", base(api))
            let fixed: [JSONValue] = [
                ["cidr": "10.1.0.0/24"], ["ip_version": 6], ["network_id": .string(Self.nowhere)],
                ["subnetpool_id": .string(Self.nowhere)], ["ipv6_ra_mode": "slaac"], ["project_id": "red"],
                ["prefixlen": 24], ["tags": []],
            ]
            for attributes in fixed {
                #expect(try await api.change("subnets", subnet, attributes).status == 400, "\(attributes)")
            }
            let conflict = try await api.change("subnets", subnet, ["gateway_ip": "10.0.0.9"])
            #expect(conflict.outcome == "409 GatewayConflictWithAllocationPools")
            #expect(try await api.change("subnets", subnet, ["name": "x"], as: .other).outcome == "404 SubnetNotFound")
            #expect(try await api.change("subnets", subnet, ["name": "x"], as: .reader).status == 403)
            #expect(try await api.change("subnets", subnet, ["service_types": ["network:dhcp"]]).status == 403)
        }
    }

    @Test func `a gateway that a router has stays`() async throws {
        try await RESTUnderTest.run { api async throws in
            let base = try await base(api)
            let subnet = try await api.make("subnets", base)
            let network: JSONValue = ["id": base["network_id"]]
            _ = try await api.reserve(network, "network:router_interface", "blue", "10.0.0.1")
            let moved = try await api.change("subnets", subnet, ["gateway_ip": .null])
            #expect(moved.outcome == "409 GatewayIpInUse")
            #expect(try await api.delete("subnets", subnet) == "409 SubnetInUse")
        }
    }

    @Test func `a subnet goes unless a port has an address of it that it did not make by itself`() async throws {
        try await RESTUnderTest.run { api async throws in
            let base = try await base(api)
            let subnet = try await api.make("subnets", base)
            let slaac: JSONValue = [
                "ip_version": 6, "cidr": "2001:db8::/64", "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac",
            ]
            let automatic = try await api.make("subnets", base.with(slaac))
            let port = try await api.make("ports", ["network_id": base["network_id"]])
            #expect(port["fixed_ips"].array.count == 2)
            #expect(try await api.delete("subnets", subnet) == "409 SubnetInUse")
            #expect(try await api.delete("subnets", automatic) == "204")
            let left = try await api.get("ports", port).json["port"]
            #expect(left["fixed_ips"].array.map { $0["subnet_id"] } == [subnet["id"]])
            #expect(try await api.delete("ports", port) == "204")
            #expect(try await api.delete("subnets", subnet, as: .other) == "404 SubnetNotFound")
            #expect(try await api.delete("subnets", subnet) == "204")
        }
    }

    @Test func `service types decide which subnet a port's address is of`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks", as: .admin)
            let on: JSONValue = ["network_id": network["id"], "ip_version": 4]
            let floating = try await api.make(
                "subnets",
                on.with(["cidr": "10.0.0.0/24", "service_types": ["network:dhcp"]]),
                as: .admin
            )
            let port: JSONValue = ["network_id": network["id"]]
            #expect(try await api.making("ports", port, as: .admin) == "409 IpAddressGenerationFailure")
            let served = try await api.make("ports", port.with(["device_owner": "network:dhcp"]), as: .admin)
            #expect(served["fixed_ips"][0]["subnet_id"] == floating["id"])
            let open = try await api.make("subnets", on.with(["cidr": "10.1.0.0/24"]), as: .admin)
            let plain = try await api.make("ports", port, as: .admin)
            #expect(plain["fixed_ips"].array.map { $0["subnet_id"] } == [open["id"]])
        }
    }

    @Test func `subnets are filtered and sorted by each attribute that can be`() async throws {
        try await RESTUnderTest.run { api async throws in
            let base = try await base(api)
            let one = try await api.make("subnets", base.with(["name": "a", "enable_dhcp": false, "description": "d"]))
            let slaac: JSONValue = [
                "name": "b", "ip_version": 6, "cidr": "2001:db8::/64", "ipv6_ra_mode": "slaac",
                "ipv6_address_mode": "slaac", "tags": ["x"],
            ]
            _ = try await api.make("subnets", base.with(slaac))
            let rows: [(String, [String])] = [
                ("name=a", ["a"]), ("ip_version=6", ["b"]), ("cidr=10.0.0.0/24", ["a"]), ("cidr=10.0.0.0/25", []),
                ("gateway_ip=10.0.0.1", ["a"]), ("enable_dhcp=false", ["a"]), ("ipv6_ra_mode=slaac", ["b"]),
                ("ipv6_address_mode=slaac", ["b"]), ("network_id=\(base["network_id"].string)", ["a", "b"]),
                ("network_id=\(Self.nowhere)", []), ("subnetpool_id=\(Self.nowhere)", []),
                ("router:external=false", ["a", "b"]), ("router:external=true", []), ("description=d", ["a"]),
                ("tags=x", ["b"]), ("id=\(one["id"].string)", ["a"]), ("project_id=blue", ["a", "b"]),
                ("sort_key=cidr&sort_dir=desc", ["b", "a"]), ("sort_key=ip_version&sort_dir=asc", ["a", "b"]),
            ]
            for (query, names) in rows {
                let found = try await api.list("subnets", query).map { $0["name"].string }
                #expect(query.contains("sort_key") ? found == names : found.sorted() == names, "\(query)")
            }
            for query in ["kettle=1", "ip_version=four", "host_routes=x"] {
                #expect(try await api.send(.member, .GET, "subnets?\(query)").status == 400, "\(query)")
            }
        }
    }
}
