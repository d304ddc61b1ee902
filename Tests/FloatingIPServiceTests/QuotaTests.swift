import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import FloatingIPService

extension House {
    func quota(of project: String = "acme", as who: RequestContext = .member) async throws -> [Int64] {
        let quota = try await `as`(who) { try await quotas.getQuota(.with { $0.projectID = project }) }
        return quota.limits.flatMap { [$0.limit, $0.used] }
    }

    func setQuota(
        _ limit: Int64,
        _ kind: String = "floatingip",
        isForced: Bool = false,
        as who: RequestContext = .admin
    ) async throws {
        _ = try await `as`(who) {
            try await quotas.setQuota(
                .with {
                    $0.projectID = "acme"
                    $0.force = isForced
                    $0.limits = [
                        .with {
                            $0.kind = kind
                            $0.limit = limit
                        }
                    ]
                }
            )
        }
    }
}

@Suite(.needsPostgres, .tags(.postgres), .timeLimit(.minutes(2))) struct QuotaTests {
    @Test func `a limit of a project's own counts before the default, up and down`() async throws {
        try await House.open(quota: 1) { house in
            let site = try await house.makeSite()
            try await house.setQuota(-1)
            for _ in 0..<3 { try await house.create(on: site.external) }
            #expect(try await house.quota() == [-1, 3])
            await expectRefusal(.badRequest) { try await house.setQuota(2) }
            try await house.setQuota(2, isForced: true)
            await expectRefusal(.overQuota) { try await house.create(on: site.external) }
            #expect(try await house.quota() == [2, 3])
            try await house.setQuota(4)
            try await house.create(on: site.external)
            await expectRefusal(.overQuota) { try await house.create(on: site.external) }
            try await house.create(on: site.external, as: .other)
            let all = try await `as`(.admin) { try await house.quotas.listQuotas(.init()) }
            #expect(all.quotas.map(\.projectID) == ["acme"])
            _ = try await `as`(.admin) { try await house.quotas.resetQuota(.with { $0.projectID = "acme" }) }
            #expect(try await house.quota() == [1, 4])
            await expectRefusal(.quotaNotFound) {
                try await `as`(.admin) { try await house.quotas.resetQuota(.with { $0.projectID = "acme" }) }
            }
        }
    }

    @Test func `many who make floating IPs at once make exactly as many as the project's own limit`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            try await house.setQuota(4)
            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask { (try? await house.create(on: site.external)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 4)
            #expect(try await house.count("floating_ips") == 4)
            #expect(try await house.quota() == [4, 4])
        }
    }

    @Test func `limits are the project's and administrators' to see, and administrators' to change`() async throws {
        try await House.open { house in
            #expect(try await house.quota() == [50, 0])
            await expectRefusal(.notAuthorized) { try await house.quota(of: "rival") }
            #expect(try await house.quota(of: "rival", as: .admin) == [50, 0])
            await expectRefusal(.notAuthorized) { try await house.setQuota(5, as: .member) }
            await expectRefusal(.invalidInput) { try await house.setQuota(5, "router") }
            await expectRefusal(.invalidInput) { try await house.setQuota(-2) }
            await expectRefusal(.notAuthorized) {
                try await `as`(.member) { try await house.quotas.listQuotas(.init()) }
            }
            let defaults = try await `as`(.member) { try await house.quotas.getDefaultQuota(.init()) }
            #expect(defaults.limits.map(\.limit) == [50])
        }
    }
}
