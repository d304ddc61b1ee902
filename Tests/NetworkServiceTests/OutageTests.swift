import ChangeFeed
import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct OutageTests {
    @Test func `while the database is away requests say so, and afterwards the same service answers again`()
        async throws
    {
        let cluster = try await TemporaryCluster.make()
        var configuration = cluster.configuration()
        configuration.acquireTimeout = .milliseconds(300)
        let database = Database(configuration: configuration, logger: .silent)
        defer { database.close() }
        try await database.waitUntilReady()
        let health = HealthReporter()
        let schema = MigrationService(Migrations.all, of: database, logger: .silent) { health.set(.serving) }
        try await withThrowingTaskGroup { group in
            group.addTask { try? await schema.run() }
            for await status in health.changes() where status == .serving { break }
            let storage = NetworkStorage(
                database: database,
                feed: FeedTail(database: database, logger: .silent),
                quotas: QuotaDefaults()
            )
            let services = NetworkServices(
                storage: storage,
                observers: [],
                defaultType: .vxlan,
                domain: "openstacklocal."
            )
            func make() async throws -> ErrorReason? {
                do {
                    _ = try await answering { try await services.networks.create([Network.Draft()], by: .member) }
                    return nil
                } catch let error as NetworkError {
                    return error.reason
                }
            }
            #expect(try await make() == nil)
            await cluster.stop()
            #expect(try await make() == .serviceUnavailable)
            try await cluster.start()
            let deadline = ContinuousClock.now + .seconds(30)
            while try await make() != nil { try #require(ContinuousClock.now < deadline) }
            group.cancelAll()
        }
    }
}
