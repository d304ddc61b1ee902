internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

extension Database {
    /// Records that a holder leans on a router and subnet, or that it still does, if the router has a gateway on a
    /// network, and an interface on the subnet when that is asked for as well; answers whether it has.
    ///
    /// The router is locked first, beside others who do the same: what is attached to it does not change meanwhile.
    func insert(
        _ binding: Binding,
        ifLeadingTo network: NetworkID,
        withInterface: Bool
    ) async throws(PostgresError) -> Bool {
        let interface: SQL = """
            AND EXISTS (
                SELECT FROM router_ports l JOIN ports p ON p.id = l.port_id
                WHERE l.router_id = r.id AND l.role = 'interface' AND p.subnet_ids @> ARRAY[\(binding.subnetID)::uuid])
            """
        let rows = try await perform([
            "SELECT 1 FROM routers WHERE id = \(binding.routerID) FOR SHARE",
            """
            INSERT INTO bindings (holder_kind, holder_id, router_id, subnet_id, external_network_id)
            SELECT \(binding.holder.kind.rawValue), \(binding.holder.id)::uuid, r.id, \(binding.subnetID)::uuid,
                \(network)::uuid
            FROM routers r WHERE r.id = \(binding.routerID) AND EXISTS (
                SELECT FROM router_ports l JOIN ports p ON p.id = l.port_id
                WHERE l.router_id = r.id AND l.role IN ('gateway', 'extra_gateway') AND p.network_id = \(network))
                \(withInterface ? interface : "")
            ON CONFLICT ON CONSTRAINT bindings_pkey DO UPDATE SET external_network_id = excluded.external_network_id,
                bound_at = clock_timestamp(), checked_at = clock_timestamp()
            """,
        ])
        return rows[1].affected == 1
    }
}

extension Transaction {
    /// Records that a holder leans on a router and subnet, or that it still does.
    func insert(_ binding: Binding) async throws(PostgresError) {
        try await execute(
            """
            INSERT INTO bindings (holder_kind, holder_id, router_id, subnet_id, external_network_id)
            VALUES (\(binding.holder.kind.rawValue), \(binding.holder.id), \(binding.routerID), \(binding.subnetID),
                \(binding.networkID))
            ON CONFLICT ON CONSTRAINT bindings_pkey DO UPDATE SET external_network_id = excluded.external_network_id,
                bound_at = clock_timestamp(), checked_at = clock_timestamp()
            """
        )
    }
}

extension QueryRunner {
    /// The routers with an interface on a subnet and a gateway on a network.
    ///
    /// Few are on a subnet, but any number on an external network: `OFFSET 0` keeps the search from beginning there.
    func bindingCandidates(
        subnet: SubnetID,
        network: NetworkID
    ) async throws(PostgresError) -> (candidates: [BindingCandidate], gatewayIP: IPAddress?) {
        let rows = try await query(
            """
            SELECT l.router_id, p.subnet_ids, p.ip_addresses, s.gateway_ip
            FROM (
                SELECT id, subnet_ids, ip_addresses FROM ports
                WHERE subnet_ids @> ARRAY[\(subnet)::uuid] OFFSET 0) AS p
            CROSS JOIN LATERAL (
                SELECT router_id FROM router_ports WHERE port_id = p.id AND role = 'interface' OFFSET 0) AS l
            CROSS JOIN LATERAL (
                SELECT FROM router_ports gl
                WHERE gl.router_id = l.router_id AND gl.role IN ('gateway', 'extra_gateway')
                    AND (SELECT g.network_id FROM ports g WHERE g.id = gl.port_id) = \(network) LIMIT 1) AS way
            LEFT JOIN subnets s ON s.id = \(subnet)
            """
        )
        var candidates: [BindingCandidate] = []
        for row in rows {
            for fixed in try PortRow.addresses(row) where fixed.subnetID == subnet {
                candidates.append(
                    BindingCandidate(routerID: try row.column("router_id"), interfaceAddress: fixed.address)
                )
            }
        }
        return (candidates, try rows.first?.column("gateway_ip", as: IPAddress?.self) ?? nil)
    }
}

/// A binding as the sweeper saw it.
struct AgedBinding: Hashable, Sendable {
    let binding: Binding
    /// When the holder last asked for it.
    let boundAt: PostgresTimestamp
}

extension Database {
    /// Drops a holder's bindings but the one to keep.
    ///
    /// It may be lost in a crash: what comes back then is asked about and dropped by the sweeper.
    func removeBindings(
        of holder: BindingHolder,
        keeping kept: (router: RouterID, subnet: SubnetID)?
    ) async throws(PostgresError) {
        let exception: SQL =
            kept.map { "AND NOT (router_id = \($0.router) AND subnet_id = \($0.subnet))" } ?? ""
        try await perform(
            [
                """
                DELETE FROM bindings
                WHERE holder_kind = \(holder.kind.rawValue) AND holder_id = \(holder.id) \(exception)
                """
            ],
            .forgetful
        )
    }

    /// Bindings that were neither asked for nor checked for so long, and that nobody else checks now.
    func takeOldBindings(olderThan age: Duration, limit: Int) async throws -> [AgedBinding] {
        try await withTransaction { transaction in
            let rows = try await transaction.query(
                """
                UPDATE bindings b SET checked_at = clock_timestamp() FROM (
                    SELECT holder_kind, holder_id, router_id, subnet_id FROM bindings
                    WHERE checked_at < now() - \(age.seconds) * interval '1 second'
                    ORDER BY checked_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
                ) old
                WHERE (b.holder_kind, b.holder_id, b.router_id, b.subnet_id)
                    = (old.holder_kind, old.holder_id, old.router_id, old.subnet_id)
                RETURNING b.holder_kind, b.holder_id, b.router_id, b.subnet_id, b.external_network_id, b.bound_at
                """
            )
            return try rows.map { row in
                AgedBinding(binding: try BindingRow.read(row), boundAt: try row.column("bound_at"))
            }
        }
    }

    /// Drops a binding unless its holder asked for it again since it was seen.
    func removeStale(_ aged: AgedBinding) async throws(PostgresError) {
        let binding = aged.binding
        try await execute(
            """
            DELETE FROM bindings WHERE holder_kind = \(binding.holder.kind.rawValue)
                AND holder_id = \(binding.holder.id) AND router_id = \(binding.routerID)
                AND subnet_id = \(binding.subnetID) AND bound_at = \(aged.boundAt)
            """
        )
    }
}
