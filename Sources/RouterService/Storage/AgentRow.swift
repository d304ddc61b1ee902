internal import Listing
internal import Postgres
internal import ResourceModel

/// An agent's columns, and how to read them.
enum AgentRow {
    static let columns: SQL = """
        a.id, a.host, a.availability_zone, a.admin_state_up, a.description, a.lease_until > now() AS alive, a.routers,
        a.external_gateways, a.interfaces, a.floating_ips, a.created_at, a.started_at, a.heartbeat_at
        """

    static func read(_ row: Row) throws(PostgresError) -> Agent {
        var agent = Agent(id: try row.column("id"), host: try row.column("host"))
        agent.availabilityZone = try row.column("availability_zone")
        agent.isAdminUp = try row.column("admin_state_up")
        agent.description = try row.column("description")
        agent.isAlive = try row.column("alive")
        agent.load = AgentLoad(
            routers: try row.column("routers"),
            gateways: try row.column("external_gateways"),
            interfaces: try row.column("interfaces"),
            floatingIPs: try row.column("floating_ips")
        )
        agent.createdAt = try row.column("created_at")
        agent.startedAt = try row.column("started_at")
        agent.heartbeatAt = try row.column("heartbeat_at")
        return agent
    }
}

extension QueryRunner {
    /// An agent; nil when there is none.
    func agent(_ id: AgentID) async throws(PostgresError) -> Agent? {
        try await query("SELECT \(AgentRow.columns) FROM agents a WHERE a.id = \(id)").first.map(AgentRow.read)
    }

    /// The zones that agents are in, and whether an agent there takes routers.
    func zones() async throws(PostgresError) -> [AvailabilityZone] {
        let rows = try await query(
            """
            SELECT availability_zone, bool_or(admin_state_up AND lease_until > now()) FROM agents
            WHERE availability_zone <> '' GROUP BY availability_zone ORDER BY availability_zone
            """
        )
        return try rows.map { row throws(PostgresError) in
            AvailabilityZone(name: try row.column(0), isAvailable: try row.column(1))
        }
    }

    /// The agents that take routers, with how many they have.
    func placementCandidates() async throws(PostgresError) -> [PlacementCandidate] {
        let rows = try await query(
            """
            SELECT a.id, a.availability_zone, COALESCE(sum(p.routers), 0)::bigint
            FROM agents a LEFT JOIN placements p ON p.agent_id = a.id
            WHERE a.admin_state_up AND a.lease_until > now() GROUP BY a.id ORDER BY a.id
            """
        )
        return try rows.map { row throws(PostgresError) in
            PlacementCandidate(id: try row.column(0), availabilityZone: try row.column(1), routers: try row.column(2))
        }
    }

    /// Whether any router could use a place: it has none, or its agent's lease ran out.
    func isPlacementDue() async throws(PostgresError) -> Bool {
        let rows = try await query(
            """
            SELECT EXISTS (SELECT FROM agents WHERE admin_state_up AND lease_until > now()) AND (
                EXISTS (SELECT FROM routers WHERE agent_id IS NULL AND NOT placement_held)
                OR EXISTS (SELECT FROM agents a JOIN routers r ON r.agent_id = a.id WHERE a.lease_until <= now()))
            """
        )
        return try rows.first?.column(0) ?? false
    }
}

extension Transaction {
    /// Writes what a starting agent says of itself and gives it a lease.
    func register(_ agent: AgentRegistration, as id: AgentID, lease: Duration) async throws(PostgresError) {
        try await execute(
            """
            INSERT INTO agents (id, host, availability_zone, version, boot_id, lease_until)
            VALUES (\(id), \(agent.host), \(agent.availabilityZone), \(agent.version), \(agent.bootID),
                now() + \(lease.seconds) * interval '1 second')
            ON CONFLICT (id) DO UPDATE SET availability_zone = excluded.availability_zone,
                version = excluded.version, boot_id = excluded.boot_id, lease_until = excluded.lease_until,
                started_at = now(), heartbeat_at = now()
            """
        )
    }

    /// Locks an agent against being given routers, and reads it.
    func agentForUpdate(_ id: AgentID) async throws(PostgresError) -> Agent? {
        try await query("SELECT \(AgentRow.columns) FROM agents a WHERE a.id = \(id) FOR UPDATE").first
            .map(AgentRow.read)
    }

    /// Holds an agent against its removal while a router is placed on it, and reads it.
    func agentForKeyShare(_ id: AgentID) async throws(PostgresError) -> Agent? {
        try await query("SELECT \(AgentRow.columns) FROM agents a WHERE a.id = \(id) FOR KEY SHARE").first
            .map(AgentRow.read)
    }

    /// The best agent for a router, held against its removal until the transaction ends; nil when none fits.
    func agentForPlacement(of router: Router) async throws(PostgresError) -> AgentID? {
        let request = PlacementRequest(routerID: router.id, zones: router.availabilityZoneHints)
        let plan = PlacementPlan([request], on: try await placementCandidates())
        guard let chosen = plan.assignments[router.id] else { return nil }
        // One that was removed or disabled in between is not taken; the placement service finds another.
        guard let agent = try await agentForKeyShare(chosen), agent.isAdminUp else { return nil }
        return chosen
    }

    /// Writes what administrators may change.
    func update(_ agent: Agent) async throws(PostgresError) {
        try await execute(
            """
            UPDATE agents SET admin_state_up = \(agent.isAdminUp), description = \(agent.description)
            WHERE id = \(agent.id)
            """
        )
    }

    /// Removes an agent that hosts no router any more.
    func delete(_ agent: Agent) async throws(PostgresError) {
        try await execute("DELETE FROM agents WHERE id = \(agent.id)")
    }

    /// Whether this transaction alone places routers, until it ends.
    func becomesOnlyPlacer() async throws(PostgresError) -> Bool {
        try await query("SELECT pg_try_advisory_xact_lock(\(Self.placementLock))").first?.column(0) ?? false
    }

    /// The key of the advisory lock; locks are per database.
    private static let placementLock: Int64 = 0x736c_7569_6365_0010

    /// The routers of agents whose lease ran out and those without a place that want one, locked in the order of ids.
    func routersWithoutLiveAgentForUpdate() async throws(PostgresError) -> [Router] {
        let rows = try await query(
            """
            SELECT \(RouterRow.columns) FROM routers r WHERE (r.agent_id IS NULL AND NOT r.placement_held)
                OR r.agent_id IN (SELECT a.id FROM agents a WHERE a.lease_until <= now())
            ORDER BY r.id FOR UPDATE
            """
        )
        return try rows.map(RouterRow.read)
    }

    /// The routers of an agent, locked in the order of ids.
    func routersForUpdate(on agent: AgentID) async throws(PostgresError) -> [Router] {
        let rows = try await query(
            "SELECT \(RouterRow.columns) FROM routers r WHERE r.agent_id = \(agent) ORDER BY r.id FOR UPDATE"
        )
        return try rows.map(RouterRow.read)
    }

    /// Gives locked routers other agents, or none, and their next revision; the answer is in no order.
    func place(_ assignments: [RouterID: AgentID?], held: Bool = false) async throws(PostgresError) -> [Router] {
        let ids = Array(assignments.keys)
        let agents = ids.map { assignments[$0] ?? nil }
        let rows = try await query(
            """
            UPDATE routers r SET agent_id = a.agent_id, placement_held = \(held), applied_revision = 0,
                revision_number = revision_number + 1, updated_at = now()
            FROM unnest(\(ids)::uuid[], \(agents)::uuid[]) AS a (router_id, agent_id)
            WHERE r.id = a.router_id RETURNING \(RouterRow.columns)
            """
        )
        return try rows.map(RouterRow.read)
    }

    /// Routers of an agent that the report is about, locked.
    func reportedRoutersForUpdate(_ ids: [RouterID], on agent: AgentID) async throws(PostgresError) -> [Router] {
        let rows = try await query(
            """
            SELECT \(RouterRow.columns) FROM routers r
            WHERE r.agent_id = \(agent) AND r.id = ANY(\(ids)::uuid[]) ORDER BY r.id FOR UPDATE
            """
        )
        return try rows.map(RouterRow.read)
    }

    /// Writes what a node made of a router, unless it reported about a newer revision before.
    ///
    /// The revision stays: what is wanted has not changed.
    func note(_ report: NodeReport, host: String) async throws(PostgresError) {
        let isNew = try await execute(
            """
            UPDATE routers SET status = \(report.status.rawValue), status_reason = \(report.reason),
                applied_revision = \(report.revision)
            WHERE id = \(report.routerID) AND applied_revision <= \(report.revision)
            """
        )
        guard isNew == 1 else { return }
        try await execute(
            """
            UPDATE router_ports SET host = \(host), status = \(report.isInKernel ? "ACTIVE" : "DOWN"), tell_at = now()
            WHERE router_id = \(report.routerID)
            """
        )
    }
}

extension Database {
    /// Renews an agent's lease; nil when there is no such agent, otherwise whether it is enabled.
    func heartbeat(_ id: AgentID, load: AgentLoad, lease: Duration) async throws -> Bool? {
        try await withTransaction { transaction in
            try await transaction.query(
                """
                UPDATE agents SET heartbeat_at = now(), lease_until = now() + \(lease.seconds) * interval '1 second',
                    routers = \(load.routers), external_gateways = \(load.gateways), interfaces = \(load.interfaces),
                    floating_ips = \(load.floatingIPs)
                WHERE id = \(id) RETURNING admin_state_up
                """
            ).first?.column(0)
        }
    }
}
