import NIOHTTP1
import PostgresTestSupport
import Testing

@testable import Gateway

@Suite(.tags(.postgres), .needsPostgres) struct AddressScopeAPITests {
    @Test func `a scope is shared once and for all, by administrators`() async throws {
        try await RESTUnderTest.run { api async throws in
            let scope = try await api.make("address-scopes", ["name": "s", "ip_version": 4])
            #expect(scope["ip_version"] == 4 && scope["shared"] == false && scope["project_id"] == "blue")
            #expect(!scope.has("description") && !scope.has("revision_number"))
            #expect(try await api.get("address-scopes", scope, as: .other).outcome == "404 AddressScopeNotFound")
            #expect(try await api.making("address-scopes", ["name": "t", "ip_version": 5]) == "400 HTTPBadRequest")
            #expect(try await api.making("address-scopes", ["name": "t"]) == "400 HTTPBadRequest")
            #expect(
                try await api.making("address-scopes", ["name": "t", "ip_version": 4, "shared": true])
                    == "403 PolicyNotAuthorized"
            )
            #expect(try await api.change("address-scopes", scope, ["ip_version": 6]).status == 400)
            #expect(try await api.change("address-scopes", scope, ["name": "n"]).json["address_scope"]["name"] == "n")
            #expect(try await api.change("address-scopes", scope, ["shared": true], as: .admin).status == 200)
            #expect(try await api.get("address-scopes", scope, as: .other).json["address_scope"]["shared"] == true)
            #expect(
                try await api.change("address-scopes", scope, ["shared": false], as: .admin).outcome
                    == "400 AddressScopeUpdateError"
            )
            #expect(try await api.change("address-scopes", scope, ["name": "x"], as: .other).status == 403)
            #expect(try await api.list("address-scopes", "shared=true", as: .other).map { $0["id"] } == [scope["id"]])
            #expect(try await api.delete("address-scopes", scope) == "204")
        }
    }

    @Test func `the pools of a scope are of its family and do not overlap`() async throws {
        try await RESTUnderTest.run { api async throws in
            let scope = try await api.make("address-scopes", ["name": "s", "ip_version": 4])
            let inScope: JSONValue = ["name": "p", "address_scope_id": scope["id"]]
            let pool = try await api.make("subnetpools", inScope.with(["prefixes": ["10.0.0.0/16"]]))
            #expect(pool["address_scope_id"] == scope["id"])
            #expect(
                try await api.making("subnetpools", inScope.with(["prefixes": ["10.0.128.0/17"]]))
                    == "409 AddressScopePrefixConflict"
            )
            #expect(
                try await api.making("subnetpools", inScope.with(["prefixes": ["2001:db8::/32"]]))
                    == "400 IllegalSubnetPoolIpVersionAssociationToAddressScope"
            )
            let outside = try await api.make("subnetpools", ["name": "q", "prefixes": ["10.0.0.0/8"]])
            #expect(
                try await api.change("subnetpools", outside, ["address_scope_id": scope["id"]]).outcome
                    == "409 AddressScopePrefixConflict"
            )
            let grown = try await api.send(
                .member,
                .PUT,
                "subnetpools/\(pool["id"].string)/add_prefixes",
                ["prefixes": ["10.1.0.0/16"]]
            )
            #expect(grown.status == 200)
            #expect(try await api.delete("address-scopes", scope) == "409 AddressScopeInUse")
            let left = try await api.change("subnetpools", pool, ["address_scope_id": .null])
            #expect(left.json["subnetpool"]["address_scope_id"] == .null)
            #expect(try await api.delete("address-scopes", scope) == "204")
        }
    }

    @Test func `a pool joins a scope of its own project, and no shared one of another`() async throws {
        try await RESTUnderTest.run { api async throws in
            let hidden = try await api.make("address-scopes", ["name": "h", "ip_version": 4], as: .other)
            let shared = try await api.make(
                "address-scopes",
                ["name": "s", "ip_version": 4, "shared": true],
                as: .admin
            )
            let pool: JSONValue = ["name": "p", "prefixes": ["10.0.0.0/16"]]
            #expect(
                try await api.making("subnetpools", pool.with(["address_scope_id": hidden["id"]]))
                    == "404 AddressScopeNotFound"
            )
            #expect(
                try await api.making("subnetpools", pool.with(["address_scope_id": shared["id"]]))
                    == "400 IllegalSubnetPoolAssociationToAddressScope"
            )
            // A policy for the project in particular lets it in.
            _ = try await api.make(
                "rbac-policies",
                [
                    "object_type": "address_scope", "object_id": hidden["id"], "action": "access_as_shared",
                    "target_tenant": "blue",
                ],
                as: .other
            )
            #expect(try await api.making("subnetpools", pool.with(["address_scope_id": hidden["id"]])) == "201")
        }
    }

    @Test func `a network shows the scopes of its subnets, which are of one scope or one pool`() async throws {
        try await RESTUnderTest.run { api async throws in
            func pool(_ prefix: String, _ scope: JSONValue) async throws -> JSONValue {
                try await api.make(
                    "subnetpools",
                    ["name": "p", "prefixes": [.string(prefix)], "default_prefixlen": 24, "address_scope_id": scope]
                )["id"]
            }
            let scope = try await api.make("address-scopes", ["name": "s", "ip_version": 4])
            let second = try await api.make("address-scopes", ["name": "t", "ip_version": 4])
            let one = try await pool("10.0.0.0/16", scope["id"])
            let two = try await pool("10.1.0.0/16", scope["id"])
            let elsewhere = try await pool("10.2.0.0/16", second["id"])
            let (loose, other) = (try await pool("10.3.0.0/16", .null), try await pool("10.4.0.0/16", .null))
            let network = try await api.make("networks")
            #expect(network["ipv4_address_scope"] == .null)
            func making(_ network: JSONValue, _ pool: JSONValue) async throws -> String {
                try await api.making(
                    "subnets",
                    ["network_id": network["id"], "ip_version": 4, "subnetpool_id": pool]
                )
            }
            #expect(try await making(network, one) == "201")
            #expect(try await making(network, two) == "201")
            #expect(try await making(network, elsewhere) == "400 NetworkAddressScopeAffinityError")
            let shown = try await api.get("networks", network).json["network"]
            #expect(shown["ipv4_address_scope"] == scope["id"] && shown["ipv6_address_scope"] == .null)
            let plain = try await api.make("networks")
            #expect(try await making(plain, loose) == "201")
            #expect(try await making(plain, other) == "400 NetworkSubnetPoolAffinityError")
            #expect(try await making(plain, loose) == "201")
            let moved = try await api.send(
                .member,
                .PUT,
                "subnetpools/\(two.string)",
                ["subnetpool": ["address_scope_id": second["id"]]]
            )
            #expect(moved.outcome == "400 NetworkAddressScopeAffinityError")
        }
    }
}
