import PostgresTestSupport
import Testing

@testable import Gateway

@Suite(.tags(.postgres), .needsPostgres) struct RBACPolicyAPITests {
    private static let nowhere = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"
    private static let third = Persona(project: "green", role: "member")

    private func policy(
        _ object: JSONValue,
        _ action: String = "access_as_shared",
        for target: String,
        type: String = "network"
    ) -> JSONValue {
        [
            "object_type": .string(type), "object_id": object["id"], "action": .string(action),
            "target_tenant": .string(target),
        ]
    }

    @Test func `a network shared with one project is that project's to see and use, and no other's`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks", ["name": "n"])
            let subnet = try await api.make(
                "subnets",
                ["network_id": network["id"], "ip_version": 4, "cidr": "10.0.0.0/24"]
            )
            let attached: JSONValue = ["network_id": network["id"]]
            #expect(try await api.making("ports", attached, as: .other) == "404 NetworkNotFound")
            let made = try await api.make("rbac-policies", policy(network, for: "red"))
            #expect(made["object_id"] == network["id"] && made["object_type"] == "network")
            #expect(made["action"] == "access_as_shared" && made["target_tenant"] == "red")
            #expect(made["project_id"] == "blue" && made["tenant_id"] == "blue")
            let seen = try await api.get("networks", network, as: .other).json["network"]
            #expect(seen["shared"] == true)
            #expect(try await api.get("networks", network).json["network"]["shared"] == false)
            #expect(try await api.list("networks", "shared=true", as: .other).map { $0["id"] } == [network["id"]])
            #expect(try await api.list("networks", "shared=true").isEmpty)
            #expect(try await api.get("subnets", subnet, as: .other).status == 200)
            #expect(try await api.list("subnets", as: .other).map { $0["id"] } == [subnet["id"]])
            let port = try await api.make("ports", attached, as: .other)
            #expect(port["project_id"] == "red")
            #expect(try await api.get("ports", port).status == 200)
            #expect(try await api.get("networks", network, as: Self.third).outcome == "404 NetworkNotFound")
            #expect(try await api.making("ports", attached, as: Self.third) == "404 NetworkNotFound")
            // Seeing is not owning.
            #expect(try await api.change("networks", network, ["name": "x"], as: .other).status == 403)
            let choosing = attached.with(["fixed_ips": [["ip_address": "10.0.0.9"]]])
            #expect(try await api.making("ports", choosing, as: .other) == "403 PolicyNotAuthorized")
            #expect(try await api.delete("rbac-policies", made) == "409 RbacPolicyInUse")
            #expect(try await api.delete("ports", port, as: .other) == "204")
            #expect(try await api.delete("rbac-policies", made) == "204")
            #expect(try await api.get("networks", network, as: .other).outcome == "404 NetworkNotFound")
        }
    }

    @Test func `who may make, see, change and end a policy`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks")
            let made = try await api.make("rbac-policies", policy(network, for: "red"))
            let refused: [(JSONValue, Persona, String)] = [
                (policy(network, for: "red"), .member, "409 DuplicateRbacPolicy"),
                (policy(network, for: "*"), .member, "403 PolicyNotAuthorized"),
                (policy(network, for: "green"), .reader, "403 PolicyNotAuthorized"),
                (policy(network, for: "green"), Self.third, "404 NetworkNotFound"),
                (policy(network, for: "green"), .other, "400 InvalidInput"),
                (policy(network, "access_as_owner", for: "red"), .member, "400 InvalidActionForType"),
                (policy(network, for: "red", type: "kettle"), .member, "400 InvalidInput"),
                (policy(["id": .string(Self.nowhere)], for: "red"), .member, "404 NetworkNotFound"),
                (policy(network, for: String(repeating: "x", count: 256)), .member, "400 HTTPBadRequest"),
                (policy(network, for: ""), .member, "400 BadRequest"),
            ]
            for (body, persona, outcome) in refused {
                #expect(try await api.making("rbac-policies", body, as: persona) == outcome, "\(body) \(persona)")
            }
            #expect(try await api.making("rbac-policies", ["object_type": "network"]) == "400 HTTPBadRequest")
            #expect(try await api.get("rbac-policies", made, as: .other).outcome == "404 RbacPolicyNotFound")
            #expect(try await api.delete("rbac-policies", made, as: .other) == "404 RbacPolicyNotFound")
            #expect(try await api.delete("rbac-policies", made, as: .reader) == "403 PolicyNotAuthorized")
            #expect(try await api.list("rbac-policies", "target_tenant=red&action=access_as_shared").count == 1)
            #expect(try await api.list("rbac-policies", "target_tenant=green").isEmpty)
            #expect(try await api.list("rbac-policies", as: .other).isEmpty)
            #expect(try await api.list("rbac-policies", "object_id=\(network["id"].string)", as: .admin).count == 1)
            let moved = try await api.change("rbac-policies", made, ["target_tenant": "green"])
            #expect(moved.json["rbac_policy"]["target_tenant"] == "green")
            #expect(try await api.get("networks", network, as: Self.third).status == 200)
            #expect(try await api.get("networks", network, as: .other).status == 404)
            #expect(try await api.change("rbac-policies", made, ["target_tenant": "*"]).status == 403)
            #expect(try await api.change("rbac-policies", made, ["action": "access_as_external"]).status == 400)
            _ = try await api.make("rbac-policies", policy(network, for: "red"))
            #expect(
                try await api.change("rbac-policies", made, ["target_tenant": "red"]).outcome
                    == "409 DuplicateRbacPolicy"
            )
            #expect(try await api.delete("networks", network) == "204")
            #expect(try await api.list("rbac-policies").isEmpty)
        }
    }

    @Test func `a port keeps the policy that lets it in, unless another does`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks", as: .admin)
            let named = try await api.make("rbac-policies", policy(network, for: "red"), as: .admin)
            _ = try await api.make("ports", ["network_id": network["id"]], as: .other)
            let all = try await api.make("rbac-policies", policy(network, for: "*"), as: .admin)
            #expect(try await api.get("networks", network).json["network"]["shared"] == true)
            #expect(try await api.delete("rbac-policies", all, as: .admin) == "204")
            #expect(try await api.delete("rbac-policies", named, as: .admin) == "409 RbacPolicyInUse")
            let again = try await api.make("rbac-policies", policy(network, for: "*"), as: .admin)
            #expect(try await api.delete("rbac-policies", named, as: .admin) == "204")
            #expect(try await api.delete("rbac-policies", again, as: .admin) == "409 RbacPolicyInUse")
            #expect(
                try await api.change("rbac-policies", again, ["target_tenant": "blue"], as: .admin).outcome
                    == "409 RbacPolicyInUse"
            )
            #expect(
                try await api.change("networks", network, ["shared": false], as: .admin).outcome
                    == "409 InvalidSharedSetting"
            )
            #expect(
                try await api.change("rbac-policies", again, ["target_tenant": "red"], as: .admin).status == 200
            )
            #expect(try await api.get("networks", network).status == 404)
        }
    }

    @Test func `sharing a network, or making it external, is the policy for all`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks", ["shared": true, "router:external": true], as: .admin)
            let policies = try await api.list("rbac-policies", as: .admin)
            #expect(Set(policies.map { $0["action"].string }) == ["access_as_shared", "access_as_external"])
            #expect(policies.allSatisfy { $0["target_tenant"] == "*" && $0["object_id"] == network["id"] })
            let shared = try #require(policies.first { $0["action"] == "access_as_shared" })
            #expect(try await api.delete("rbac-policies", shared, as: .admin) == "204")
            let shown = try await api.get("networks", network).json["network"]
            #expect(shown["shared"] == false && shown["router:external"] == true)
            #expect(try await api.change("networks", network, ["shared": true], as: .admin).status == 200)
            #expect(try await api.list("rbac-policies", as: .admin).count == 2)
            let closed: JSONValue = ["shared": false, "router:external": false]
            #expect(try await api.change("networks", network, closed, as: .admin).status == 200)
            #expect(try await api.list("rbac-policies", as: .admin).isEmpty)
            #expect(try await api.get("networks", network).status == 404)
        }
    }

    @Test func `an external network may be one project's alone`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks", as: .admin)
            let subnet = try await api.make(
                "subnets",
                ["network_id": network["id"], "ip_version": 4, "cidr": "203.0.113.0/24"],
                as: .admin
            )
            let external = policy(network, "access_as_external", for: "blue")
            let made = try await api.make("rbac-policies", external, as: .admin)
            let shown = try await api.get("networks", network).json["network"]
            #expect(shown["router:external"] == true && shown["shared"] == false)
            #expect(try await api.list("networks", "router:external=true").map { $0["id"] } == [network["id"]])
            #expect(try await api.list("subnets", "router:external=true").map { $0["id"] } == [subnet["id"]])
            #expect(try await api.get("networks", network, as: .other).outcome == "404 NetworkNotFound")
            #expect(try await api.list("networks", as: .other).isEmpty)
            // It is for routers and floating IPs, not for ports.
            #expect(try await api.making("ports", ["network_id": network["id"]]) == "403 PolicyNotAuthorized")
            #expect(try await api.delete("rbac-policies", made, as: .admin) == "204")
            #expect(try await api.get("networks", network, as: .admin).json["network"]["router:external"] == false)
            #expect(try await api.get("networks", network).status == 404)
        }
    }

    @Test func `pools and groups are shared with one project as well`() async throws {
        try await RESTUnderTest.run { api async throws in
            let pool = try await api.make(
                "subnetpools",
                ["name": "p", "prefixes": ["10.0.0.0/16"], "default_prefixlen": 24]
            )
            let group = try await api.make("security-groups", ["name": "g"])
            let poolPolicy = try await api.make("rbac-policies", policy(pool, for: "red", type: "subnetpool"))
            let groupPolicy = try await api.make("rbac-policies", policy(group, for: "red", type: "security_group"))
            #expect(try await api.get("subnetpools", pool, as: .other).json["subnetpool"]["shared"] == true)
            #expect(try await api.list("subnetpools", "shared=true", as: .other).count == 1)
            #expect(try await api.list("security-groups", "shared=true", as: .other).map { $0["id"] } == [group["id"]])
            let rules = try await api.list(
                "security-group-rules",
                "security_group_id=\(group["id"].string)",
                as: .other
            )
            #expect(rules.count == 2)
            let network = try await api.make("networks", as: .other)
            let subnet = try await api.make(
                "subnets",
                ["network_id": network["id"], "ip_version": 4, "subnetpool_id": pool["id"]],
                as: .other
            )
            let port = try await api.make(
                "ports",
                ["network_id": network["id"], "security_groups": [group["id"]]],
                as: .other
            )
            #expect(try await api.delete("rbac-policies", poolPolicy) == "409 RbacPolicyInUse")
            #expect(try await api.delete("rbac-policies", groupPolicy) == "409 RbacPolicyInUse")
            #expect(try await api.delete("ports", port, as: .other) == "204")
            #expect(try await api.delete("subnets", subnet, as: .other) == "204")
            #expect(try await api.delete("rbac-policies", poolPolicy) == "204")
            #expect(try await api.delete("rbac-policies", groupPolicy) == "204")
            #expect(try await api.get("subnetpools", pool, as: .other).status == 404)
            #expect(try await api.get("security-groups", group, as: .other).status == 404)
            let wrong = policy(pool, "access_as_external", for: "red", type: "subnetpool")
            #expect(try await api.making("rbac-policies", wrong) == "400 InvalidActionForType")
        }
    }

    @Test func `policies have a limit, but for those for all`() async throws {
        try await RESTUnderTest.run(limits: .init(rbacPolicies: 1)) { api async throws in
            let network = try await api.make("networks")
            let made = try await api.make("rbac-policies", policy(network, for: "red"))
            #expect(try await api.making("rbac-policies", policy(network, for: "green")) == "409 OverQuota")
            #expect(try await api.delete("rbac-policies", made) == "204")
            #expect(try await api.making("rbac-policies", policy(network, for: "green")) == "201")
            for _ in 0..<3 { _ = try await api.make("networks", ["shared": true], as: .admin) }
        }
    }
}
