import Postgres
import PostgresTestSupport
import ResourceModel
import Testing

@testable import RouterService

@Suite(.tags(.postgres), .needsPostgres) struct MigrationTests {
    @Test func `a router from before there were several gateways keeps its one, and what leans on it`() async throws {
        let temporary = try await TemporaryDatabase.make(migrations: Array(Migrations.all.prefix(10)))
        let database = temporary.database
        let (router, port, network) = (RouterID.random(), PortID.random(), NetworkID.random())
        for statement: SQL in [
            """
            INSERT INTO routers (id, project_id, name, description, tags, admin_state_up, status,
                availability_zone_hints, enable_ndp_proxy, enable_default_route_bfd, enable_default_route_ecmp, enable_snat)
            VALUES (\(router.description)::uuid, 'acme', 'old', '', '{}', true, 'ACTIVE', '{}', false, false, false, false)
            """,
            """
            INSERT INTO ports (id, network_id, project_id, mac_address, subnet_ids, ip_addresses, revision_number)
            VALUES (\(port.description)::uuid, \(network.description)::uuid, '', '02:00:00:00:00:01', '{}', '{}', 1)
            """,
            """
            INSERT INTO router_ports (port_id, router_id, role)
            VALUES (\(port.description)::uuid, \(router.description)::uuid, 'gateway')
            """,
            """
            INSERT INTO bindings (holder_kind, holder_id, router_id, subnet_id)
            VALUES ('floating_ip', gen_random_uuid(), \(router.description)::uuid, gen_random_uuid())
            """,
        ] { try await database.execute(statement) }
        try await Migrator(Migrations.all).migrate(database)
        let topology = try #require(try await database.topology(router))
        #expect(topology.gateways.map(\.id) == [port] && topology.gateways.map(\.enablesSNAT) == [false])
        let plan = try GatewayPlan(.compatible(nil), of: topology.gateways)
        let bindings = try await database.bindings(ofRouter: router)
        #expect(throws: RouterError.self) { try topology.requireUnneeded(plan, bindings: bindings) }
    }
}
