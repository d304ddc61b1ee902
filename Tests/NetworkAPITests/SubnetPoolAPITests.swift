import NIOHTTP1
import PostgresTestSupport
import Testing

@testable import Gateway

@Suite(.tags(.postgres), .needsPostgres) struct SubnetPoolAPITests {
    private static let nowhere = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    @Test func `a pool shows its defaults, and prefixes merged and sorted`() async throws {
        try await RESTUnderTest.run { api async throws in
            let pool = try await api.make(
                "subnetpools",
                ["name": "p", "prefixes": ["10.0.1.0/24", "10.9.0.0/16", "10.0.0.0/24", "10.9.3.0/24"], "tags": ["a"]]
            )
            #expect(pool["prefixes"] == ["10.0.0.0/23", "10.9.0.0/16"])
            #expect(pool["ip_version"] == 4 && pool["min_prefixlen"] == 8 && pool["max_prefixlen"] == 32)
            #expect(pool["default_prefixlen"] == 8 && pool["default_quota"] == .null)
            #expect(pool["address_scope_id"] == .null && pool["is_default"] == false && pool["shared"] == false)
            #expect(pool["project_id"] == "blue" && pool["tags"] == ["a"] && pool["revision_number"] == 1)
            let wide = try await api.make("subnetpools", ["name": "six", "prefixes": ["2001:db8::/32"]])
            #expect(wide["min_prefixlen"] == 64 && wide["max_prefixlen"] == 128 && wide["default_prefixlen"] == 64)
            #expect(try await api.list("subnetpools", "ip_version=6").map { $0["name"] } == ["six"])
            #expect(try await api.get("subnetpools", pool, as: .other).outcome == "404 SubnetPoolNotFound")
            #expect(try await api.change("subnetpools", pool, ["name": "x"], as: .reader).status == 403)
            let changed = try await api.change(
                "subnetpools",
                pool,
                ["name": "q", "default_prefixlen": 26, "min_prefixlen": 24, "default_quota": 512]
            ).json["subnetpool"]
            #expect(changed["name"] == "q" && changed["default_prefixlen"] == 26 && changed["default_quota"] == 512)
            let unlimited = try await api.change("subnetpools", pool, ["default_quota": .null]).json["subnetpool"]
            #expect(unlimited["default_quota"] == .null && unlimited["min_prefixlen"] == 24)
            #expect(try await api.delete("subnetpools", pool) == "204")
            #expect(try await api.delete("subnetpools", pool) == "404 SubnetPoolNotFound")
        }
    }

    @Test func `what makes no sense as a pool is refused by its type`() async throws {
        let refused: [(JSONValue, String)] = [
            (["prefixes": []], "400 EmptySubnetPoolPrefixList"), (["prefixes": "10.0.0.0/8"], "400 HTTPBadRequest"),
            (["prefixes": ["10.0.0.1/8"]], "400 HTTPBadRequest"),
            (["prefixes": ["10.0.0.0/8", "2001:db8::/32"]], "400 PrefixVersionMismatch"),
            (["min_prefixlen": 28, "max_prefixlen": 24], "400 IllegalSubnetPoolPrefixBounds"),
            (["default_prefixlen": 30, "max_prefixlen": 24], "400 IllegalSubnetPoolPrefixBounds"),
            (["default_prefixlen": 16, "min_prefixlen": 24], "400 IllegalSubnetPoolPrefixBounds"),
            (["max_prefixlen": 33], "400 IllegalSubnetPoolPrefixBounds"),
            (["default_quota": -1], "400 HTTPBadRequest"), (["is_default": true], "403 PolicyNotAuthorized"),
            (["shared": true], "403 PolicyNotAuthorized"),
            (["address_scope_id": .string(Self.nowhere)], "404 AddressScopeNotFound"),
        ]
        try await RESTUnderTest.run { api async throws in
            let base: JSONValue = ["name": "p", "prefixes": ["10.0.0.0/16"]]
            for (members, outcome) in refused {
                #expect(try await api.making("subnetpools", base.with(members)) == outcome, "\(members)")
            }
            #expect(try await api.making("subnetpools", ["prefixes": ["10.0.0.0/8"]]) == "400 HTTPBadRequest")
            #expect(try await api.making("subnetpools", ["name": "p"]) == "400 HTTPBadRequest")
            let pool = try await api.make("subnetpools", base)
            let shrunk = try await api.change("subnetpools", pool, ["prefixes": ["10.0.0.0/17"]])
            #expect(shrunk.outcome == "400 IllegalSubnetPoolPrefixUpdate")
            let grown = try await api.change("subnetpools", pool, ["prefixes": ["10.0.0.0/15"]])
            #expect(grown.json["subnetpool"]["prefixes"] == ["10.0.0.0/15"])
            #expect(try await api.change("subnetpools", pool, ["shared": true], as: .admin).status == 400)
        }
    }

    @Test func `there is one default for each family`() async throws {
        try await RESTUnderTest.run { api async throws in
            let standard: JSONValue = ["name": "d", "is_default": true, "shared": true]
            let four = standard.with(["prefixes": ["10.0.0.0/8"], "default_prefixlen": 24])
            _ = try await api.make("subnetpools", four, as: .admin)
            #expect(try await api.making("subnetpools", four, as: .admin) == "400 InvalidInput")
            let six = standard.with(["prefixes": ["2001:db8::/32"]])
            let pool = try await api.make("subnetpools", six, as: .admin)
            let network = try await api.make("networks")
            let base: JSONValue = ["network_id": network["id"], "use_default_subnetpool": true]
            let subnet = try await api.make("subnets", base.with(["ip_version": 6]))
            #expect(subnet["subnetpool_id"] == pool["id"] && subnet["cidr"] == "2001:db8::/64")
            #expect(subnet["gateway_ip"] == "2001:db8::1")
            #expect(!subnet.has("prefixlen") && !subnet.has("use_default_subnetpool"))
            #expect(try await api.make("subnets", base.with(["ip_version": 4]))["cidr"] == "10.0.0.0/24")
            let both = base.with(["ip_version": 4, "subnetpool_id": pool["id"]])
            #expect(try await api.making("subnets", both) == "400 BadRequest")
        }
    }

    @Test func `subnets take the first free block, one of a length, or a certain one`() async throws {
        try await RESTUnderTest.run { api async throws in
            let pool = try await api.make(
                "subnetpools",
                [
                    "name": "p", "prefixes": ["10.0.0.0/22"], "min_prefixlen": 24, "max_prefixlen": 28,
                    "default_prefixlen": 26,
                ]
            )
            func base() async throws -> JSONValue {
                ["network_id": try await api.make("networks")["id"], "ip_version": 4, "subnetpool_id": pool["id"]]
            }
            let first = try await api.make("subnets", base())
            #expect(first["cidr"] == "10.0.0.0/26" && first["subnetpool_id"] == pool["id"])
            #expect(first["gateway_ip"] == "10.0.0.1")
            #expect(try await api.make("subnets", base().with(["prefixlen": 24]))["cidr"] == "10.0.1.0/24")
            #expect(try await api.make("subnets", base().with(["prefixlen": 28]))["cidr"] == "10.0.0.64/28")
            #expect(try await api.make("subnets", base().with(["cidr": "10.0.2.64/26"]))["cidr"] == "10.0.2.64/26")
            #expect(try await api.delete("subnets", first) == "204")
            #expect(try await api.make("subnets", base())["cidr"] == "10.0.0.0/26")
            let refused: [(JSONValue, String)] = [
                (["prefixlen": 23], "400 MinPrefixSubnetAllocationError"),
                (["prefixlen": 29], "400 MaxPrefixSubnetAllocationError"),
                (["cidr": "10.0.2.64/26"], "409 SubnetAllocationError"),
                (["cidr": "10.0.2.0/24"], "409 SubnetAllocationError"),
                (["cidr": "192.168.0.0/24"], "409 SubnetAllocationError"),
                (["cidr": "10.0.3.0/24", "prefixlen": 24], "400 BadRequest"),
                (["ip_version": 6], "400 BadRequest"),
                (["subnetpool_id": .string(Self.nowhere)], "404 SubnetPoolNotFound"),
                (["subnetpool_id": .null], "400 BadRequest"),
                (["subnetpool_id": .null, "use_default_subnetpool": true], "400 BadRequest"),
            ]
            for (members, outcome) in refused {
                #expect(try await api.making("subnets", base().with(members)) == outcome, "\(members)")
            }
            _ = try await api.make("subnets", base().with(["prefixlen": 24]))
            #expect(try await api.making("subnets", base().with(["prefixlen": 24])) == "409 SubnetAllocationError")
            #expect(try await api.delete("subnetpools", pool) == "400 SubnetPoolDeleteError")
            #expect(try await api.list("subnets", "subnetpool_id=\(pool["id"].string)").count == 5)
        }
    }

    @Test func `a project takes no more than its quota of a pool`() async throws {
        try await RESTUnderTest.run { api async throws in
            let pool = try await api.make(
                "subnetpools",
                [
                    "name": "p", "prefixes": ["10.0.0.0/16"], "default_prefixlen": 24, "default_quota": 512,
                    "shared": true,
                ],
                as: .admin
            )
            func making(_ persona: Persona) async throws -> String {
                let network = try await api.make("networks", as: persona)
                return try await api.making(
                    "subnets",
                    ["network_id": network["id"], "ip_version": 4, "subnetpool_id": pool["id"]],
                    as: persona
                )
            }
            #expect(try await making(.member) == "201")
            #expect(try await making(.member) == "201")
            #expect(try await making(.member) == "409 SubnetPoolQuotaExceeded")
            #expect(try await making(.other) == "201")
        }
    }

    @Test func `prefixes come and go by themselves`() async throws {
        try await RESTUnderTest.run { api async throws in
            let pool = try await api.make(
                "subnetpools",
                ["name": "p", "prefixes": ["10.0.0.0/24"], "default_prefixlen": 26]
            )
            let network = try await api.make("networks")
            _ = try await api.make(
                "subnets",
                ["network_id": network["id"], "ip_version": 4, "subnetpool_id": pool["id"]]
            )
            func act(_ action: String, _ body: JSONValue, _ persona: Persona = .member) async throws -> Answer {
                try await api.send(persona, .PUT, "subnetpools/\(pool["id"].string)/\(action)", body)
            }
            let added = try await act("add_prefixes", ["prefixes": ["10.0.1.0/24", "10.0.4.0/24"]])
            #expect(added.status == 200)
            #expect(added.json["prefixes"] == ["10.0.0.0/23", "10.0.4.0/24"])
            let removed = try await act("remove_prefixes", ["prefixes": ["10.0.1.128/25", "10.0.4.0/24"]])
            #expect(removed.json["prefixes"] == ["10.0.0.0/24", "10.0.1.0/25"])
            #expect(
                try await act("remove_prefixes", ["prefixes": ["10.0.0.0/26"]]).outcome
                    == "400 IllegalSubnetPoolPrefixUpdate"
            )
            #expect(
                try await act("add_prefixes", ["prefixes": ["2001:db8::/32"]]).outcome == "400 PrefixVersionMismatch"
            )
            #expect(try await act("add_prefixes", ["prefixes": []]).outcome == "400 EmptySubnetPoolPrefixList")
            #expect(try await act("add_prefixes", [:]).outcome == "400 HTTPBadRequest")
            #expect(try await act("add_prefixes", ["prefixes": ["10.0.8.0/24"]], .reader).status == 403)
            #expect(
                try await act("add_prefixes", ["prefixes": ["10.0.8.0/24"]], .other).outcome == "404 SubnetPoolNotFound"
            )
            #expect(try await act("shuffle", ["prefixes": []]).status == 404)
        }
    }

    @Test func `the subnets of a network are taken into a pool`() async throws {
        try await RESTUnderTest.run { api async throws in
            let pool = try await api.make("subnetpools", ["name": "p", "prefixes": ["10.0.0.0/24"]])
            let network = try await api.make("networks")
            let subnet = try await api.make(
                "subnets",
                ["network_id": network["id"], "ip_version": 4, "cidr": "192.168.7.0/24"]
            )
            let path = "subnetpools/\(pool["id"].string)/onboard_network_subnets"
            let onboarded = try await api.send(.member, .PUT, path, ["network_id": network["id"]])
            #expect(onboarded.json["prefixes"] == ["10.0.0.0/24", "192.168.7.0/24"])
            #expect(try await api.get("subnets", subnet).json["subnet"]["subnetpool_id"] == pool["id"])
            #expect(try await api.send(.member, .PUT, path, ["network_id": network["id"]]).status == 200)
            #expect(
                try await api.send(.member, .PUT, path, ["network_id": .string(Self.nowhere)]).outcome
                    == "404 NetworkNotFound"
            )
            #expect(try await api.send(.member, .PUT, path, [:]).status == 400)
            #expect(try await api.delete("subnetpools", pool) == "400 SubnetPoolDeleteError")
        }
    }
}
