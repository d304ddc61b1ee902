internal import Listing
internal import Postgres
internal import ResourceModel

extension Transaction {
    /// Locks the router against every change of it or its ports, then reads it with all that is attached.
    func topologyForUpdate(_ id: RouterID) async throws(PostgresError) -> Topology? {
        let rows = try await query("SELECT \(RouterRow.columns) FROM routers r WHERE r.id = \(id) FOR UPDATE")
        guard let router = try rows.first.map(RouterRow.read) else { return nil }
        return try await topologies([router]).first
    }

    /// Writes a new router; false when one with its id exists.
    func insert(_ router: Router) async throws(PostgresError) -> Bool {
        try await execute(
            """
            INSERT INTO routers (id, project_id, name, description, tags, admin_state_up, status,
                availability_zone_hints, enable_ndp_proxy, enable_default_route_bfd, enable_default_route_ecmp,
                agent_id)
            VALUES (\(router.id), \(router.projectID), \(router.name), \(router.description), \(router.tags),
                \(router.isAdminUp), \(router.status.rawValue), \(router.availabilityZoneHints),
                \(router.enablesNDPProxy), \(router.enablesDefaultRouteBFD), \(router.enablesDefaultRouteECMP),
                \(router.agentID))
            ON CONFLICT (id) DO NOTHING
            """
        ) == 1
    }

    /// Writes what an owner can change, and gives it the next revision.
    ///
    /// The row must be locked.
    func update(_ router: inout Router) async throws(PostgresError) {
        let rows = try await query(
            """
            UPDATE routers r SET name = \(router.name), description = \(router.description), tags = \(router.tags),
                admin_state_up = \(router.isAdminUp), route_destinations = \(router.routes.map(\.destination)),
                route_nexthops = \(router.routes.map(\.nexthop)), enable_ndp_proxy = \(router.enablesNDPProxy),
                enable_default_route_bfd = \(router.enablesDefaultRouteBFD),
                enable_default_route_ecmp = \(router.enablesDefaultRouteECMP),
                agent_id = \(router.agentID), placement_held = placement_held AND \(router.agentID)::uuid IS NULL,
                revision_number = revision_number + 1, updated_at = now()
            WHERE r.id = \(router.id) RETURNING \(RouterRow.columns)
            """
        )
        if let row = rows.first { router = try RouterRow.read(row) }
    }

    /// Removes a router that has no ports and no bindings left.
    func delete(_ router: Router) async throws(PostgresError) {
        try await execute("DELETE FROM routers WHERE id = \(router.id)")
    }

    /// Gives a port to a router.
    func link(_ port: RouterPort, to router: RouterID) async throws(PostgresError) {
        try await execute(
            """
            INSERT INTO router_ports (port_id, router_id, role, enable_snat)
            VALUES (\(port.id), \(router), \(port.role.rawValue), \(port.enablesSNAT))
            """
        )
    }

    /// Writes which gateway a port is, and whether it translates.
    func updateGateway(_ port: RouterPort) async throws(PostgresError) {
        try await execute(
            """
            UPDATE router_ports SET role = \(port.role.rawValue), enable_snat = \(port.enablesSNAT)
            WHERE port_id = \(port.id)
            """
        )
    }

    /// Writes that a port has only these addresses left, before NetworkService knows.
    func setAddresses(_ addresses: [PortAddress], of port: PortID) async throws(PostgresError) {
        try await execute(
            """
            UPDATE ports SET subnet_ids = \(addresses.map(\.subnetID)), ip_addresses = \(addresses.map(\.address))
            WHERE id = \(port)
            """
        )
    }

    /// Takes a port from its router.
    func unlink(_ port: RouterPort) async throws(PostgresError) {
        try await execute("DELETE FROM router_ports WHERE port_id = \(port.id)")
        try await execute("DELETE FROM ports WHERE id = \(port.id)")
    }
}
