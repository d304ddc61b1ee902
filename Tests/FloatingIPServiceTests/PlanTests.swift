import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import FloatingIPService

/// How PostgreSQL finds what is asked for when there is a lot.
@Suite(.needsPostgres, .tags(.postgres)) struct PlanTests {
    private static let filling: SQL = """
        INSERT INTO floating_ips (id, project_id, network_id, address, description, tags, dns_name, dns_domain, port_id,
            fixed_ip_address, subnet_id, router_id, last_router_id, status)
        SELECT md5('floatingip-' || i)::uuid, 'project-' || i % 200, md5('network-' || i % 200)::uuid,
            '100.64.0.0'::inet + i, '', '{}', '', '', md5('port-' || i)::uuid, '10.0.0.5',
            md5('subnet-' || i % 2000)::uuid, md5('router-' || i % 2000)::uuid, md5('router-' || i % 2000)::uuid, 'ACTIVE'
        FROM generate_series(1, 20000) i
        """

    @Test func `nothing that a request asks for is looked for in every floating IP`() async throws {
        try await House.open { house in
            let database = house.database.database
            try await database.execute(Self.filling)
            try await database.execute(
                """
                INSERT INTO undertakings (holder_kind, holder_id, token, lease_until, port_ids)
                SELECT 'floating_ip', md5('holder-' || i)::uuid, gen_random_uuid(), now() + interval '1 hour', '{}'
                FROM generate_series(1, 20000) i
                """
            )
            try await database.execute("ANALYZE")
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external) { $0.portID = port }
            _ = try await house.get(made.id)
            for (field, value) in [
                ("port_id", port), ("router_id", made.routerID), ("floating_network_id", made.floatingNetworkID),
                ("floating_ip_address", made.floatingIpAddress), ("project_id", "acme"), ("id", made.id),
            ] {
                _ = try await `as`(.admin) {
                    try await house.floatingIPs.listFloatingIPs(
                        .with {
                            $0.query.filters = [
                                .with {
                                    $0.field = field
                                    $0.values = [value]
                                }
                            ]
                            $0.query.pageSize = 100
                        }
                    )
                }
            }
            _ = try await house.list()
            try await house.associate(made.id, "")
            try await house.associate(made.id, port)
            try await house.delete(made.id)
            _ = try await house.room.addresses.addresses(onRouter: site.router)
            let big: Set = ["floating_ips", "undertakings"]
            for scan in try await database.sequentialScans(of: big) { Issue.record("\(scan)") }
        }
    }
}
