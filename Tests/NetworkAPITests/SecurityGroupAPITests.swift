import NIOHTTP1
import PostgresTestSupport
import Testing

@testable import Gateway

@Suite(.tags(.postgres), .needsPostgres) struct SecurityGroupAPITests {
    private static let nowhere = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"

    @Test func `a project has a default group as soon as it looks, with four rules`() async throws {
        try await RESTUnderTest.run { api async throws in
            let groups = try await api.list("security-groups")
            #expect(groups.map { $0["name"].string } == ["default"])
            let group = groups[0]
            #expect(group["project_id"] == "blue" && group["tenant_id"] == "blue")
            #expect(group["stateful"] == true && group["shared"] == false)
            let rules = group["security_group_rules"].array
            #expect(rules.count == 4)
            #expect(rules.allSatisfy { $0["belongs_to_default_sg"] == true })
            #expect(rules.filter { $0["remote_group_id"] == group["id"] && $0["direction"] == "ingress" }.count == 2)
            #expect(try await api.list("security-groups").count == 1)
            #expect(try await api.list("security-groups", as: .other).map { $0["id"] } != [group["id"]])
            #expect(try await api.get("security-groups", group, as: .other).outcome == "404 SecurityGroupNotFound")
            #expect(try await api.get("security-groups", group, as: .reader).status == 200)
        }
    }

    @Test func `a new group lets everything out, and says what it was made with`() async throws {
        try await RESTUnderTest.run { api async throws in
            let group = try await api.make(
                "security-groups",
                ["name": "web", "description": "d", "stateful": false, "tags": ["a"]]
            )
            #expect(group["name"] == "web" && group["description"] == "d")
            #expect(group["stateful"] == false && group["tags"] == ["a"])
            let rules = group["security_group_rules"].array
            #expect(Set(rules.map { $0["ethertype"].string }) == ["IPv4", "IPv6"])
            for rule in rules {
                #expect(rule["direction"] == "egress" && rule["security_group_id"] == group["id"])
                for name in ["protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "normalized_cidr"] {
                    #expect(rule[name] == .null, "\(name)")
                }
            }
            let changed = try await api.change("security-groups", group, ["name": "www", "stateful": true])
            #expect(changed.json["security_group"]["name"] == "www")
            #expect(changed.json["security_group"]["stateful"] == true)
            #expect(
                changed.json["security_group"]["revision_number"].number ?? 0 > group["revision_number"].number ?? 0
            )
            #expect(try await api.list("security-groups", "tags=a").map { $0["id"] } == [group["id"]])
            #expect(try await api.change("security-groups", group, ["name": "x"], as: .reader).status == 403)
            #expect(try await api.delete("security-groups", group) == "204")
            #expect(try await api.delete("security-groups", group) == "404 SecurityGroupNotFound")
        }
    }

    @Test func `groups and rules are made in bulk, all or none`() async throws {
        try await RESTUnderTest.run { api async throws in
            let made = try await api.send(
                .member,
                .POST,
                "security-groups",
                ["security_groups": [["name": "a"], ["name": "b"]]]
            )
            #expect(made.json["security_groups"].array.map { $0["name"].string } == ["a", "b"])
            let group = made.json["security_groups"][0]["id"]
            let rule: JSONValue = ["security_group_id": group, "direction": "ingress", "protocol": "tcp"]
            let twice = try await api.send(
                .member,
                .POST,
                "security-group-rules",
                ["security_group_rules": [rule, rule]]
            )
            #expect(twice.outcome == "409 SecurityGroupRuleExists")
            let both = try await api.send(
                .member,
                .POST,
                "security-group-rules",
                ["security_group_rules": [rule, rule.with(["protocol": "udp"])]]
            )
            #expect(both.status == 201)
            let query = "security_group_id=\(group.string)&direction=ingress&sort_key=protocol&sort_dir=desc"
            #expect(try await api.list("security-group-rules", query).map { $0["protocol"].string } == ["udp", "tcp"])
        }
    }

    @Test func `the default group keeps its name, and only administrators remove it`() async throws {
        try await RESTUnderTest.run { api async throws in
            let group = try await api.list("security-groups")[0]
            let renamed = try await api.change("security-groups", group, ["name": "mine"])
            #expect(renamed.outcome == "409 SecurityGroupCannotUpdateDefault")
            #expect(try await api.change("security-groups", group, ["description": "mine"]).status == 200)
            #expect(
                try await api.making("security-groups", ["name": "Default"]) == "409 SecurityGroupDefaultAlreadyExists"
            )
            #expect(try await api.delete("security-groups", group) == "409 SecurityGroupCannotRemoveDefault")
            #expect(try await api.delete("security-groups", group, as: .admin) == "204")
            #expect(try await api.list("security-groups")[0]["id"] != group["id"])
        }
    }

    @Test func `a rule shows what was given, and its network`() async throws {
        try await RESTUnderTest.run { api async throws in
            let group = try await api.make("security-groups", ["name": "g"])
            let base: JSONValue = ["security_group_id": group["id"], "direction": "ingress"]
            let rule = try await api.make(
                "security-group-rules",
                base.with([
                    "protocol": 6, "port_range_min": "80", "port_range_max": 90, "remote_ip_prefix": "10.1.2.3/24",
                    "description": "d",
                ])
            )
            #expect(rule["protocol"] == "6" && rule["ethertype"] == "IPv4")
            #expect(rule["port_range_min"] == 80 && rule["port_range_max"] == 90)
            #expect(rule["remote_ip_prefix"] == "10.1.2.3/24" && rule["normalized_cidr"] == "10.1.2.0/24")
            #expect(rule["belongs_to_default_sg"] == false && rule["remote_address_group_id"] == .null)
            let host = try await api.make("security-group-rules", base.with(["remote_ip_prefix": "10.0.0.1"]))
            #expect(host["remote_ip_prefix"] == "10.0.0.1/32")
            let icmp = try await api.make(
                "security-group-rules",
                base.with(["ethertype": "IPv6", "protocol": "icmp", "port_range_min": 0])
            )
            #expect(icmp["protocol"] == "ipv6-icmp" && icmp["port_range_min"] == 0 && icmp["port_range_max"] == .null)
            let shown = try await api.get("security-groups", group).json["security_group"]
            #expect(shown["security_group_rules"].array.count == 5)
            #expect((shown["revision_number"].number ?? 0) > (group["revision_number"].number ?? 0))
            #expect(try await api.delete("security-group-rules", rule) == "204")
            #expect(try await api.get("security-group-rules", rule).outcome == "404 SecurityGroupRuleNotFound")
            #expect(try await api.delete("security-group-rules", host, as: .other) == "404 SecurityGroupRuleNotFound")
            #expect(try await api.delete("security-group-rules", host, as: .reader) == "403 PolicyNotAuthorized")
        }
    }

    @Test func `what makes no sense as a rule is refused by its type`() async throws {
        let refused: [(JSONValue, String)] = [
            (["direction": "up"], "400 HTTPBadRequest"), (["ethertype": "IPX"], "400 HTTPBadRequest"),
            (["protocol": "tdp"], "400 SecurityGroupRuleInvalidProtocol"),
            (["protocol": 256], "400 SecurityGroupRuleInvalidProtocol"),
            (["protocol": "tcp", "port_range_min": 80], "400 SecurityGroupInvalidPortRange"),
            (["protocol": "tcp", "port_range_min": 90, "port_range_max": 80], "400 SecurityGroupInvalidPortRange"),
            (["protocol": "udp", "port_range_min": 0, "port_range_max": 80], "400 SecurityGroupInvalidPortRange"),
            (["port_range_min": 80, "port_range_max": 80], "400 SecurityGroupInvalidPortRange"),
            (["protocol": "gre", "port_range_min": 80, "port_range_max": 80], "400 SecurityGroupInvalidPortRange"),
            (["protocol": "tcp", "port_range_min": 80, "port_range_max": 65536], "400 HTTPBadRequest"),
            (["protocol": "icmp", "port_range_min": 256], "400 SecurityGroupInvalidIcmpValue"),
            (["protocol": "icmp", "port_range_max": 1], "400 SecurityGroupMissingIcmpType"),
            (["protocol": "ipv6-icmp"], "400 SecurityGroupRuleParameterConflict"),
            (["remote_ip_prefix": "2001:db8::/32"], "400 SecurityGroupRuleParameterConflict"),
            (["remote_ip_prefix": "all"], "400 HTTPBadRequest"),
            (["remote_group_id": .string(Self.nowhere)], "404 SecurityGroupNotFound"),
            (["security_group_id": .string(Self.nowhere)], "404 SecurityGroupNotFound"),
            (["protocol": "TCP", "description": "the same as the first"], "409 SecurityGroupRuleExists"),
            (["protocol": 6], "409 SecurityGroupRuleExists"),
            (["protocol": "tcp", "remote_ip_prefix": "0.0.0.0/0"], "409 SecurityGroupRuleExists"),
        ]
        try await RESTUnderTest.run { api async throws in
            let group = try await api.make("security-groups", ["name": "g"])
            let base: JSONValue = ["security_group_id": group["id"], "direction": "ingress"]
            _ = try await api.make("security-group-rules", base.with(["protocol": "tcp"]))
            for (members, outcome) in refused {
                let answer = try await api.making("security-group-rules", base.with(members))
                #expect(answer == outcome, "\(members)")
            }
            let both = base.with(["remote_ip_prefix": "10.0.0.0/8", "remote_group_id": group["id"]])
            #expect(
                try await api.making("security-group-rules", both) == "400 SecurityGroupRemoteGroupAndRemoteIpPrefix"
            )
            #expect(try await api.making("security-group-rules", base, as: .other) == "404 SecurityGroupNotFound")
        }
    }

    @Test func `a port has the default group, or those that were named`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks")
            let on: JSONValue = ["network_id": network["id"]]
            let port = try await api.make("ports", on)
            let standard = try await api.list("security-groups")[0]
            #expect(port["security_groups"] == .array([standard["id"]]))
            let group = try await api.make("security-groups", ["name": "g"])
            let named = try await api.make("ports", on.with(["security_groups": [group["id"]]]))
            #expect(named["security_groups"] == .array([group["id"]]))
            #expect(try await api.make("ports", on.with(["security_groups": []]))["security_groups"] == [])
            #expect(try await api.make("ports", on.with(["port_security_enabled": false]))["security_groups"] == [])
            let found = try await api.list("ports", "security_groups=\(group["id"].string)")
            #expect(found.map { $0["id"] } == [named["id"]])
            #expect(
                try await api.making("ports", on.with(["security_groups": [.string(Self.nowhere)]]))
                    == "404 SecurityGroupNotFound"
            )
            let foreign = try await api.make("security-groups", ["name": "f"], as: .other)
            #expect(
                try await api.making("ports", on.with(["security_groups": [foreign["id"]]]))
                    == "404 SecurityGroupNotFound"
            )
            #expect(
                try await api.change("ports", named, ["security_groups": [foreign["id"]]]).outcome
                    == "404 SecurityGroupNotFound"
            )
            #expect(try await api.delete("security-groups", group) == "409 SecurityGroupInUse")
            #expect(
                try await api.change("security-groups", group, ["stateful": false]).outcome
                    == "409 SecurityGroupInUse"
            )
            let cleared = try await api.change("ports", named, ["security_groups": []])
            #expect(cleared.json["port"]["security_groups"] == [])
            #expect(
                (cleared.json["port"]["revision_number"].number ?? 0) > (named["revision_number"].number ?? 0)
            )
            #expect(try await api.delete("security-groups", group) == "204")
        }
    }

    @Test func `groups and address pairs need port security`() async throws {
        try await RESTUnderTest.run { api async throws in
            let network = try await api.make("networks")
            let group = try await api.make("security-groups", ["name": "g"])
            let open: JSONValue = ["network_id": network["id"], "port_security_enabled": false]
            let pair: JSONValue = [["ip_address": "10.0.0.9"]]
            #expect(
                try await api.making("ports", open.with(["security_groups": [group["id"]]]))
                    == "409 PortSecurityAndIPRequiredForSecurityGroups"
            )
            #expect(
                try await api.making("ports", open.with(["allowed_address_pairs": pair]))
                    == "409 AddressPairAndPortSecurityRequired"
            )
            let port = try await api.make("ports", ["network_id": network["id"]])
            #expect(
                try await api.change("ports", port, ["port_security_enabled": false]).outcome
                    == "409 PortSecurityPortHasSecurityGroup"
            )
            #expect(
                try await api.change("ports", port, ["port_security_enabled": false, "security_groups": []]).status
                    == 200
            )
            #expect(
                try await api.change("ports", port, ["security_groups": [group["id"]]]).outcome
                    == "409 PortSecurityAndIPRequiredForSecurityGroups"
            )
            #expect(
                try await api.change("ports", port, ["allowed_address_pairs": pair]).outcome
                    == "409 AddressPairAndPortSecurityRequired"
            )
        }
    }

    @Test func `limits hold for what is asked for, and not for what comes by itself`() async throws {
        try await RESTUnderTest.run(limits: .init(securityGroups: 2, securityGroupRules: 7)) { api async throws in
            let group = try await api.make("security-groups", ["name": "a"])
            #expect(try await api.making("security-groups", ["name": "b"]) == "409 OverQuota")
            let rule: JSONValue = ["security_group_id": group["id"], "direction": "ingress"]
            // Four of the default group and two of the other are there.
            #expect(try await api.making("security-group-rules", rule.with(["protocol": "tcp"])) == "201")
            #expect(try await api.making("security-group-rules", rule.with(["protocol": "udp"])) == "409 OverQuota")
            #expect(try await api.delete("security-groups", group) == "204")
            _ = try await api.make("security-groups", ["name": "c"])
        }
        try await RESTUnderTest.run(limits: .init(securityGroups: 0, securityGroupRules: 0)) { api async throws in
            let network = try await api.make("networks")
            let port = try await api.make("ports", ["network_id": network["id"]])
            #expect(port["security_groups"].array.count == 1)
        }
    }
}
