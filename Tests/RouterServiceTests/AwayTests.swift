internal import ChangeFeed
import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing
@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct AwayTests {
    @Test func `without PostgreSQL calls are unavailable, and work again when it is back`() async throws {
        let cluster = try await TemporaryCluster.make()
        var configuration = cluster.configuration()
        configuration.acquireTimeout = .milliseconds(300)
        let database = Database(configuration: configuration, logger: .silent)
        defer { database.close() }
        let health = HealthReporter()
        let network = FakeNetwork()
        let room = RouterRoom(
            database: database,
            networks: network,
            ports: network,
            lease: .seconds(15),
            logger: .silent
        )
        let draft = RouterDraft(id: .random(), name: "edge")
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await MigrationService(Migrations.all, of: database, logger: .silent) { health.set(.serving) }.run()
            }
            group.addTask { try await room.feed.run() }
            try await eventually("ready") { health.status == .serving }
            let made = try await room.routers.create(draft, as: .member)
            await cluster.stop()
            let error = await #expect(throws: RouterError.self) {
                try await room.routers.get(draft.id.description, as: .member)
            }
            #expect(error?.reason == .serviceUnavailable)
            try await cluster.start()
            try await eventually("back") {
                await refusal { try await room.routers.get(draft.id.description, as: .member) } == nil
            }
            #expect(try await room.routers.get(draft.id.description, as: .member) == made)
            group.cancelAll()
        }
    }
}
