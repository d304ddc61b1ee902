internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

extension Transaction {
    /// Locks the floating IP against every change of it or its forwardings, and reads it.
    func floatingIPForUpdate(_ id: FloatingIPID) async throws(PostgresError) -> FloatingIP? {
        try await query("SELECT \(FloatingIPRow.columns) FROM floating_ips f WHERE f.id = \(id) FOR UPDATE").first
            .map(FloatingIPRow.read)
    }

    /// The same, and whether it has forwardings.
    func floatingIPForRemoval(
        _ id: FloatingIPID
    ) async throws(PostgresError) -> (floatingIP: FloatingIP?, isForwarding: Bool) {
        let rows = try await query([
            "SELECT \(FloatingIPRow.columns) FROM floating_ips f WHERE f.id = \(id) FOR UPDATE",
            "SELECT 1 FROM port_forwardings WHERE floating_ip_id = \(id) LIMIT 1",
        ])
        return (try rows[0].first.map(FloatingIPRow.read), !rows[1].isEmpty)
    }

    /// Locks floating IPs in the order of ids, and reads them.
    func floatingIPsForUpdate(_ ids: [FloatingIPID]) async throws(PostgresError) -> [FloatingIP] {
        try await query(
            """
            SELECT \(FloatingIPRow.columns) FROM floating_ips f WHERE f.id = ANY(\(ids)::uuid[])
            ORDER BY f.id FOR UPDATE
            """
        ).map(FloatingIPRow.read)
    }

    /// Writes a new floating IP, counts it, and reads back what the database set.
    ///
    /// - Returns: Nil when one with its id exists; and what its project, whose count stays locked, has by then and may
    ///   have. When there is none, or it is too much, the transaction is to be given up.
    /// - Throws: `FloatingIPError.portAlreadyAssociated`, `.conflict` when another has the address; `PostgresError`.
    func insert(_ new: FloatingIP) async throws -> (made: FloatingIP?, usage: ProjectUsage) {
        try await naming(new) { () async throws(PostgresError) in
            let rows = try await query([
                """
                INSERT INTO floating_ips AS f (id, project_id, network_id, address, description, tags, dns_name,
                    dns_domain, port_id, fixed_ip_address, subnet_id, router_id, last_router_id, status)
                VALUES (\(new.id), \(new.projectID), \(new.networkID), \(new.address), \(new.description), \(new.tags),
                    \(new.dnsName), \(new.dnsDomain), \(new.target?.portID), \(new.target?.address),
                    \(new.target?.subnetID), \(new.routerID), \(new.lastRouterID), \(new.status.rawValue))
                ON CONFLICT ON CONSTRAINT floating_ips_pkey DO NOTHING
                RETURNING \(FloatingIPRow.columns)
                """,
                """
                INSERT INTO project_usage AS u (project_id, floating_ips) VALUES (\(new.projectID), 1)
                ON CONFLICT ON CONSTRAINT project_usage_pkey DO UPDATE SET floating_ips = u.floating_ips + 1
                RETURNING u.floating_ips AS used, (
                    SELECT most FROM quota_limits WHERE project_id = \(new.projectID) AND kind = 'floatingip') AS most
                """,
            ])
            guard let counted = rows[1].first else { throw PostgresError.decoding("nothing was counted") }
            return (try rows[0].first.map(FloatingIPRow.read), try ProjectUsage.read(counted))
        }
    }

    /// Writes what can change, gives it the next revision, and reads back what the database set.
    ///
    /// The row must be locked. When the mapping is changed, nodes' reports about earlier revisions count no more. Throws
    /// `FloatingIPError.portAlreadyAssociated` and `PostgresError`.
    func update(_ floatingIP: FloatingIP, isMappingChanged: Bool) async throws -> FloatingIP {
        let rows = try await naming(floatingIP) { () async throws(PostgresError) in
            try await query(
                """
                UPDATE floating_ips AS f SET description = \(floatingIP.description), tags = \(floatingIP.tags),
                    port_id = \(floatingIP.target?.portID), fixed_ip_address = \(floatingIP.target?.address),
                    subnet_id = \(floatingIP.target?.subnetID), router_id = \(floatingIP.routerID),
                    last_router_id = \(floatingIP.lastRouterID), status = \(floatingIP.status.rawValue),
                    status_reason = \(floatingIP.statusReason), revision_number = revision_number + 1,
                    mapping_revision = CASE WHEN \(isMappingChanged) THEN revision_number + 1 ELSE mapping_revision END,
                    updated_at = now()
                WHERE f.id = \(floatingIP.id) RETURNING \(FloatingIPRow.columns)
                """
            )
        }
        guard let row = rows.first else { throw FloatingIPError.floatingIPNotFound(floatingIP.id.description) }
        return try FloatingIPRow.read(row)
    }

    /// Names the broken rule when it is one of the floating IP's.
    private func naming<Answer>(
        _ floatingIP: FloatingIP,
        _ body: () async throws(PostgresError) -> Answer
    ) async throws -> Answer {
        do throws(PostgresError) {
            return try await body()
        } catch {
            switch (error.serverError?.constraint, floatingIP.target) {
            case ("floating_ips_target_key", let target?):
                throw FloatingIPError.portAlreadyAssociated(target.portID, target.address, floatingIP.networkID)
            case ("floating_ips_address_key", _):
                throw FloatingIPError.conflict(
                    "address \(floatingIP.address) is another floating IP's still, try again"
                )
            default: throw error
            }
        }
    }

    /// Removes a floating IP that has no forwardings.
    func delete(_ floatingIP: FloatingIP) {
        executeLater("DELETE FROM floating_ips WHERE id = \(floatingIP.id)")
    }

    /// Writes what nodes made of locked floating IPs.
    ///
    /// Revisions stay: what is wanted has not changed.
    func note(statusesOf floatingIPs: [FloatingIP]) async throws(PostgresError) {
        try await execute(
            """
            UPDATE floating_ips f SET status = s.status, status_reason = s.reason, applied_revision = s.revision
            FROM unnest(\(floatingIPs.map(\.id))::uuid[], \(floatingIPs.map(\.status.rawValue))::text[],
                \(floatingIPs.map(\.statusReason))::text[], \(floatingIPs.map(\.appliedRevision))::bigint[])
                AS s (id, status, reason, revision)
            WHERE f.id = s.id
            """
        )
    }

    /// Writes that no node has what left a router.
    func noteGone(fromRouter router: RouterID) async throws(PostgresError) {
        try await execute(
            """
            UPDATE floating_ips SET status = 'DOWN', status_reason = '', applied_revision = mapping_revision
            WHERE last_router_id = \(router) AND router_id IS NULL AND status <> 'DOWN'
            """
        )
    }

    /// Counts one floating IP of a project less.
    func leavePlace(inProject project: String) {
        executeLater("UPDATE project_usage SET floating_ips = floating_ips - 1 WHERE project_id = \(project)")
    }
}
