import Contracts
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import Testing

@testable import FloatingIPService

@Suite(.needsPostgres, .tags(.postgres)) struct RaceTests {
    /// Runs all at once, and gives what came of each.
    private func race<Answer: Sendable>(
        _ count: Int,
        _ body: @escaping @Sendable (Int) async throws -> Answer
    ) async -> [Result<Answer, any Error>] {
        await withTaskGroup { group in
            for index in 0..<count {
                group.addTask {
                    do { return Result<Answer, any Error>.success(try await body(index)) } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func reasons<Answer>(_ results: [Result<Answer, any Error>]) -> [ErrorReason?] {
        results.compactMap { result in
            guard case .failure(let error) = result else { return nil }
            return RemoteError(error)?.reason ?? (error as? FloatingIPError)?.reason
        }
    }

    @Test func `one fixed address has one of many floating IPs`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            var ids: [String] = []
            for _ in 0..<8 { ids.append(try await house.create(on: site.external).id) }
            let results = await race(8) { [ids] in try await house.associate(ids[$0], port) }
            #expect(reasons(results) == Array(repeating: .floatingIPPortAlreadyAssociated, count: 7))
            #expect(try await house.list().floatingips.filter { $0.portID == port }.count == 1)
            try await house.expectTrueHolds()
        }
    }

    @Test func `the quota is exact, also over several replicas`() async throws {
        try await House.open(quota: 5) { house in
            let site = try await house.makeSite()
            let second = FloatingIPRoom(
                database: house.database.connect(),
                networks: house.network,
                ports: house.network,
                routers: house.routers,
                quota: 5,
                logger: .silent
            )
            let results = await race(24) { index in
                let registry = index.isMultiple(of: 2) ? house.room.floatingIPs : second.floatingIPs
                return try await registry.create(
                    FloatingIPDraft(id: .random(), networkID: site.external),
                    as: .member
                )
            }
            #expect(reasons(results) == Array(repeating: .overQuota, count: 19))
            #expect(try await house.list().floatingips.count == 5)
            try await house.expectTrueHolds()
        }
    }

    @Test func `requests with the same id make one floating IP`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let id = FloatingIPID.random().description
            let results = await race(6) { _ in try await house.create(on: site.external) { $0.id = id } }
            #expect(reasons(results).isEmpty)
            #expect(Set(try results.map { try $0.get().floatingIpAddress }).count == 1)
            #expect(try await house.database.database.floatingIP(.random(), andUsageOfProject: "acme").usage.used == 1)
            try await house.expectTrueHolds()
        }
    }

    @Test func `moves of one floating IP by many leave only what the last one needs`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let inner = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(inner, "10.1.0.0/24")
            _ = await house.routers.makeRouter(gateway: site.external, subnets: [subnet])
            var ports: [String] = [""]
            for host in 5..<8 {
                ports.append(try await house.makePort(site, "10.0.0.\(host)"))
                ports.append(try await house.network.makePort(inner, [(subnet, "10.1.0.\(host)")]).description)
            }
            let made = try await house.create(on: site.external)
            let results = await race(28) { [ports] in try await house.associate(made.id, ports[$0 % ports.count]) }
            #expect(reasons(results).isEmpty)
            let last = try await house.get(made.id)
            #expect(results.contains { (try? $0.get().revisionNumber) == last.revisionNumber })
            try await house.expectTrueHolds()
        }
    }

    @Test func `creating, moving and deleting at once leaves what rows say`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let (first, second) = (
                try await house.makePort(site, "10.0.0.5"), try await house.makePort(site, "10.0.0.6")
            )
            let id = FloatingIPID.random().description
            _ = await race(24) { index in
                switch index % 4 {
                case 0: try await house.create(on: site.external) { ($0.id, $0.portID) = (id, first) }
                case 1: try await house.associate(id, second)
                case 2: try await house.associate(id, "")
                default: try await house.delete(id)
                }
            }
            try await house.expectTrueHolds()
            if (try? await house.get(id)) != nil { try await house.delete(id) }
            try await house.expectNothingLeft()
        }
    }
}
