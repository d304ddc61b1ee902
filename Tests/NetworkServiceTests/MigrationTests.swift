import ChangeFeed
import Postgres
import PostgresTestSupport
import ResourceModel
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct MigrationTests {
    @Test func `networks from before there were policies stay as open as they were`() async throws {
        let temporary = try await TemporaryDatabase.make(migrations: Array(Migrations.all.prefix(9)))
        let database = temporary.database
        let (shared, external, own) = (NetworkID.random(), NetworkID.random(), NetworkID.random())
        for (id, isShared, isExternal) in [(shared, true, false), (external, false, true), (own, false, false)] {
            try await database.execute(
                """
                INSERT INTO networks (id, project_id, name, description, tags, admin_state_up, shared,
                    router_external, is_default, mtu, provider_network_type, provider_physical_network,
                    provider_segmentation_id, port_security_enabled, availability_zone_hints, dns_domain, qos_policy_id)
                VALUES (\(id.description)::uuid, 'blue', 'old', '', '{}', true, \(isShared), \(isExternal), false, 1450,
                    'vxlan', '', nextval('vxlan_segmentation_ids'), true, '{}', '', '')
                """
            )
        }
        try await Migrator(Migrations.all).migrate(database)
        let storage = NetworkStorage(
            database: database,
            feed: FeedTail(database: database, logger: .silent),
            quotas: QuotaDefaults()
        )
        for (id, isSeen) in [(shared, true), (external, true), (own, false)] {
            #expect((try await storage.reading.networks.network(id, visibleTo: .other) != nil) == isSeen)
            #expect(try await storage.reading.networks.network(id, visibleTo: .member)?.labels.name == "old")
        }
        let policies = try await RBACPolicyRegistry(storage: storage).list(ListQuery(), for: .admin).items
        #expect(Set(policies.map(\.action)) == [.shared, .external] && policies.count == 2)
    }
}
