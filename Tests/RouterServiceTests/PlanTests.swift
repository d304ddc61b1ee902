import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import RouterService

/// How PostgreSQL finds what is asked for when there is a lot, and what it need not look for.
@Suite(.needsPostgres, .tags(.postgres)) struct PlanTests {
    private static let filling: [SQL] = [
        """
        INSERT INTO agents (id, host, availability_zone, version, boot_id, lease_until)
        SELECT md5('agent-' || i)::uuid, 'host-' || i, 'nova', '', '', now() + interval '1 hour'
        FROM generate_series(1, 10) i
        """,
        """
        INSERT INTO routers (id, project_id, name, description, tags, admin_state_up, status, availability_zone_hints,
            enable_ndp_proxy, enable_default_route_bfd, enable_default_route_ecmp, agent_id)
        SELECT md5('router-' || i)::uuid, 'project-' || i % 200, '', '', '{}', true, 'ACTIVE', '{}', false, false, false,
            md5('agent-' || i % 10 + 1)::uuid
        FROM generate_series(1, 20000) i
        """,
        """
        INSERT INTO ports (id, network_id, project_id, mac_address, subnet_ids, ip_addresses, revision_number)
        SELECT md5(kind || i)::uuid, md5('network-' || i % 200)::uuid, '', '02:00:00:00:00:01',
            ARRAY[md5('subnet-' || i)::uuid], ARRAY['10.0.0.1'::inet], 1
        FROM generate_series(1, 20000) i, unnest(ARRAY['gateway', 'interface']) kind
        """,
        """
        INSERT INTO router_ports (port_id, router_id, role)
        SELECT md5(kind || i)::uuid, md5('router-' || i)::uuid, kind
        FROM generate_series(1, 20000) i, unnest(ARRAY['gateway', 'interface']) kind
        """,
        """
        INSERT INTO bindings (holder_kind, holder_id, router_id, subnet_id)
        SELECT 'floating_ip', md5('floatingip-' || i)::uuid, md5('router-' || i)::uuid, md5('subnet-' || i)::uuid
        FROM generate_series(1, 20000) i
        """,
        "ANALYZE",
    ]

    @Test func `nothing that a request asks for is looked for in every router`() async throws {
        try await House.open { house in
            let database = house.database.database
            for statement in Self.filling { try await database.execute(statement) }
            let external = try await house.makeExternal()
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            let router = try await house.makeRouter { $0.externalGatewayInfo.networkID = external.description }
            try await house.attach(subnet, to: router.id)
            _ = try await house.router(router.id)
            _ = try await house.routerList(limit: 100)
            let holder = L3_Reference_V1_Holder.with {
                $0.kind = "floating_ip"
                $0.id = RouterID.random().description
            }
            _ = try await `as`(.program) {
                try await house.bindings.bindAddress(
                    .with {
                        $0.holder = holder
                        $0.floatingNetworkID = external.description
                        $0.subnetID = subnet.description
                    }
                )
            }
            _ = try await `as`(.program) { try await house.bindings.unbindAddress(.with { $0.holder = holder }) }
            try await house.detach(subnet: subnet, from: router.id)
            _ = try await `as`(.member) { try await house.routers.deleteRouter(.with { $0.id = router.id }) }
            let big: Set = ["routers", "ports", "router_ports", "bindings"]
            for scan in try await database.sequentialScans(of: big) { Issue.record("\(scan)") }
        }
    }

    @Test func `the routers of each agent stay counted however they come, move and go`() async throws {
        try await House.open { house in
            let database = house.database.database
            for statement in Self.filling.prefix(2) { try await database.execute(statement) }
            func agree() async throws -> Bool {
                try await database.query(
                    """
                    SELECT a.id FROM agents a WHERE (SELECT count(*) FROM routers r WHERE r.agent_id = a.id)
                        <> COALESCE((SELECT sum(p.routers) FROM placements p WHERE p.agent_id = a.id), 0)
                    """
                ).isEmpty
            }
            #expect(try await agree())
            let emptied = try await database.execute(
                "UPDATE routers SET agent_id = md5('agent-2')::uuid WHERE agent_id = md5('agent-1')::uuid"
            )
            #expect(emptied == 2000)
            #expect(try await agree())
            let router = try await house.makeRouter()
            let agent = try await database.query(
                "SELECT agent_id = md5('agent-1')::uuid FROM routers WHERE id = \(router.id)::uuid"
            )
            #expect(try agent[0].column(0, as: Bool.self))
            try await database.execute("UPDATE routers SET agent_id = NULL WHERE project_id = 'project-7'")
            try await database.execute("DELETE FROM routers WHERE project_id = 'project-8'")
            #expect(try await agree())
        }
    }
}

extension House {
    /// The member's first routers.
    func routerList(limit: Int32) async throws -> [L3_Router_V1_Router] {
        try await `as`(.member) { try await routers.listRouters(.with { $0.query.pageSize = limit }) }.routers
    }
}
