import Contracts
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct SecurityGroupTests {
    private func groups(_ api: API, _ caller: RequestContext) async throws -> [Wire.SecurityGroup] {
        try await `as`(caller) { try await api.securityGroups.listSecurityGroups(.init()).securityGroups }
    }

    @Test func `ports that begin at once find one default group`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let outcomes = await outcomes(of: 12) { _ in
                try await api.makePort(network).securityGroups.joined(separator: ",")
            }
            let found = Set(outcomes.compactMap { try? $0.get() })
            #expect(outcomes.compactMap(\.reason) == [])
            #expect(found.count == 1)
            #expect(try await groups(api, .member).map(\.id) == Array(found))
        }
    }

    @Test func `a group that goes while ports take it leaves no port with it`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            for round in 0..<5 {
                let group = try await api.makeSecurityGroup("g\(round)")
                let outcomes = await outcomes(of: 6) { number in
                    if number == 3 {
                        return try await `as`(.member) {
                            _ = try await api.securityGroups.deleteSecurityGroup(.with { $0.id = group })
                            return "gone"
                        }
                    }
                    return try await api.makePort(network) { $0.securityGroups = [group] }.id
                }
                #expect(Set(outcomes.compactMap(\.reason)).isSubset(of: [.securityGroupInUse, .securityGroupNotFound]))
                let isGone = outcomes.contains { (try? $0.get()) == "gone" }
                let left = try await api.listPorts(.member, [("security_groups", [group])])
                #expect(left.isEmpty == isGone)
            }
        }
    }

    @Test func `a rule that names a group goes with it`() async throws {
        try await withService { api in
            let (one, other) = (try await api.makeSecurityGroup("one"), try await api.makeSecurityGroup("other"))
            _ = try await `as`(.member) {
                try await api.securityGroups.createSecurityGroupRule(
                    .with {
                        $0.securityGroupRule.securityGroupID = one
                        $0.securityGroupRule.direction = "ingress"
                        $0.securityGroupRule.remoteGroupID = other
                    }
                )
            }
            _ = try await `as`(.member) { try await api.securityGroups.deleteSecurityGroup(.with { $0.id = other }) }
            let left = try #require(try await groups(api, .member).first { $0.id == one })
            #expect(left.securityGroupRules.count == 2)
            let quota = try await `as`(.member) { try await api.quotas.getQuota(.with { $0.projectID = "blue" }) }
            let used = Dictionary(uniqueKeysWithValues: quota.limits.map { ($0.kind, $0.used) })
            // The default's four and the two of the one that is left.
            #expect(used["security_group_rule"] == 6 && used["security_group"] == 2)
        }
    }

    @Test func `a create that is repeated makes one group`() async throws {
        try await withService { api in
            let id = SecurityGroupID.random().description
            for _ in 0..<2 {
                let made = try await `as`(.member) {
                    try await api.securityGroups.createSecurityGroup(
                        .with {
                            $0.securityGroup.id = id
                            $0.securityGroup.name = "g"
                        }
                    )
                }
                #expect(made.id == id && made.securityGroupRules.count == 2)
            }
            let foreign = try await refusal(.other) {
                try await api.securityGroups.createSecurityGroup(.with { $0.securityGroup.id = id })
            }
            #expect(foreign?.reason == .conflict)
            #expect(try await groups(api, .member).count == 2)
        }
    }

    @Test func `a port of the infrastructure has no groups`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let port = try await api.makePort(network) { $0.deviceOwner = "network:dhcp" }
            #expect(port.securityGroups == [])
        }
    }

    @Test func `the default group is the owner's, also when an administrator makes the port`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let port = try await api.makePort(network, .admin) { $0.projectID = "blue" }
            #expect(try await groups(api, .member).map(\.id) == port.securityGroups)
        }
    }

    @Test(arguments: [
        ("6", "tcp", true), ("icmp", "1", true), ("udp", "tcp", false), ("", "any", true), ("17", "UDP", true),
    ]) func `protocols are the same by name and number`(one: String, other: String, isSame: Bool) throws {
        let group = SecurityGroup(defaultOf: "blue")
        func meaning(_ name: String) throws -> String {
            var draft = SecurityGroupRule.Draft(groupID: group.id, direction: .ingress)
            draft.protocolName = name
            return try SecurityGroupRule(draft, in: group, by: .member).meaning
        }
        #expect(try (meaning(one) == meaning(other)) == isSame)
    }
}
