import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import RouterService

extension House {
    func quota(of project: String = "acme", as who: RequestContext = .member) async throws -> [String: [Int64]] {
        let quota = try await `as`(who) { try await quotas.getQuota(.with { $0.projectID = project }) }
        return Dictionary(uniqueKeysWithValues: quota.limits.map { ($0.kind, [$0.limit, $0.used]) })
    }

    @discardableResult
    func setQuota(
        _ kind: String,
        _ limit: Int64,
        isForced: Bool = false,
        as who: RequestContext = .admin
    ) async throws -> L3_Query_V1_Quota {
        try await `as`(who) {
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

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct QuotaTests {
    @Test func `a project has so many routers and no more, and a removed one makes room`() async throws {
        try await House.open(quotas: QuotaDefaults(router: 2)) { house in
            let external = try await house.makeExternal()
            let first = try await house.makeRouter().id
            try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }
            await expectRefusal(.overQuota) { try await house.makeRouter() }
            await expectRefusal(.overQuota) {
                try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }
            }
            #expect(await house.network.heldPorts.count == 1)
            #expect(try await house.quota()["router"] == [2, 2])
            try await house.makeRouter(as: .other)
            _ = try await `as`(.member) { try await house.routers.deleteRouter(.with { $0.id = first }) }
            try await house.makeRouter()
        }
    }

    @Test func `many who make routers at once make exactly as many as there is room for`() async throws {
        try await House.open(quotas: QuotaDefaults(router: 5)) { house async throws in
            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 { group.addTask { await refusal { try await house.makeRouter() } == nil } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 5)
            #expect(try await house.count("routers") == 5)
            #expect(try await house.quota()["router"] == [5, 5])
        }
    }

    @Test func `a limit of a project's own counts before the default, up and down`() async throws {
        try await House.open(quotas: QuotaDefaults(router: 1)) { house in
            try await house.setQuota("router", -1)
            for _ in 0..<3 { try await house.makeRouter() }
            await expectRefusal(.badRequest) { try await house.setQuota("router", 2) }
            try await house.setQuota("router", 2, isForced: true)
            #expect(try await house.quota()["router"] == [2, 3])
            await expectRefusal(.overQuota) { try await house.makeRouter() }
            let all = try await `as`(.admin) { try await house.quotas.listQuotas(.init()) }
            #expect(all.quotas.map(\.projectID) == ["acme"])
            _ = try await `as`(.admin) { try await house.quotas.resetQuota(.with { $0.projectID = "acme" }) }
            #expect(try await house.quota()["router"] == [1, 3])
            await expectRefusal(.quotaNotFound, as: .admin) {
                try await house.quotas.resetQuota(.with { $0.projectID = "acme" })
            }
        }
    }

    @Test func `the limit on routes is each router's, and one above it may still lose some`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            try await house.attach(try await house.makeSubnet("10.0.0.0/24"), to: id)
            try await house.setQuota("router_route", 2)
            let routes = (0..<3).map { ("192.168.\($0).0/24", "10.0.0.5") }
            await expectRefusal(.overQuota) { try await house.setRoutes(routes, of: id) }
            try await house.setQuota("router_route", 3)
            try await house.setRoutes(routes, of: id)
            #expect(try await house.quota()["router_route"] == [3, 3])
            await expectRefusal(.badRequest) { try await house.setQuota("router_route", 1) }
            try await house.setQuota("router_route", 1, isForced: true)
            try await house.setRoutes(Array(routes.prefix(2)), of: id)
            await expectRefusal(.overQuota) { try await house.setRoutes(routes, of: id) }
        }
    }

    @Test func `limits are the project's and administrators' to see, and administrators' to change`() async throws {
        try await House.open(quotas: QuotaDefaults()) { house in
            #expect(try await house.quota() == ["router": [10, 0], "router_route": [30, 0]])
            await expectRefusal(.notAuthorized) { try await house.quota(of: "rival") }
            #expect(try await house.quota(of: "rival", as: .admin)["router"] == [10, 0])
            await expectRefusal(.notAuthorized) { try await house.setQuota("router", 5, as: .member) }
            await expectRefusal(.notAuthorized) { try await house.quotas.listQuotas(.init()) }
            await expectRefusal(.notAuthorized) {
                try await house.quotas.resetQuota(.with { $0.projectID = "acme" })
            }
            await expectRefusal(.invalidInput) { try await house.setQuota("network", 5) }
            await expectRefusal(.invalidInput) { try await house.setQuota("router", -2) }
            let defaults = try await `as`(.member) { try await house.quotas.getDefaultQuota(.init()) }
            #expect(defaults.limits.map(\.limit) == [10, 30])
        }
    }

    @Test func `routers that were there before counting began are counted`() async throws {
        let old = Migrations.all.filter { $0.number < 10 }
        let database = try await TemporaryDatabase.make(migrations: old)
        try await database.database.execute(
            """
            INSERT INTO routers (id, project_id, name, description, tags, admin_state_up, status,
                availability_zone_hints, enable_ndp_proxy, enable_default_route_bfd, enable_default_route_ecmp)
            SELECT gen_random_uuid(), 'acme', '', '', '{}', true, 'ACTIVE', '{}', false, false, false
            FROM generate_series(1, 3)
            """
        )
        try await Migrator(Migrations.all).migrate(database.database)
        let used = try await database.database.query("SELECT routers FROM project_usage WHERE project_id = 'acme'")
        #expect(try used[0].column(0, as: Int64.self) == 3)
    }
}
