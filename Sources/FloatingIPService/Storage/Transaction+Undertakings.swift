internal import Listing
internal import Postgres
internal import ResourceModel

extension Transaction {
    /// Takes the lease on what is held for a holder, with what is owed from before; nil while another has it.
    func undertake(
        _ holder: Holder,
        leaningOn port: PortID?,
        for lease: Duration
    ) async throws(PostgresError) -> Undertaking? {
        let token = ID<Undertaking>.random()
        let ports = port.map { [$0] } ?? []
        let rows = try await query(
            """
            INSERT INTO undertakings AS u (holder_kind, holder_id, token, lease_until, port_ids)
            VALUES (\(holder.kind), \(holder.text), \(token),
                clock_timestamp() + \(lease / .seconds(1)) * interval '1 second', \(ports))
            ON CONFLICT ON CONSTRAINT undertakings_pkey DO UPDATE SET token = excluded.token,
                lease_until = excluded.lease_until, port_ids = u.port_ids || excluded.port_ids
            WHERE u.lease_until <= clock_timestamp()
            RETURNING u.port_ids, u.xmax <> 0 AS inherited
            """
        )
        // A row that was updated, not inserted, has been locked by this transaction before: its xmax says so.
        return try rows.first.map { row throws(PostgresError) in
            Undertaking(
                holder: holder,
                token: token,
                portIDs: Set(try row.column("port_ids", as: [PortID].self)),
                isInherited: try row.column("inherited")
            )
        }
    }

    /// Ends an undertaking in the transaction that makes it true; false when its lease has ended.
    func fulfil(_ undertaking: Undertaking) async throws(PostgresError) -> Bool {
        try await execute("DELETE FROM undertakings WHERE \(held(undertaking)) AND lease_until > clock_timestamp()")
            == 1
    }

    /// Writes what is owed from now on, in the transaction that makes it so; false when the lease has ended.
    func owe(_ undertaking: Undertaking) async throws(PostgresError) -> Bool {
        try await execute(
            """
            UPDATE undertakings SET port_ids = \(Array(undertaking.portIDs))
            WHERE \(held(undertaking)) AND lease_until > clock_timestamp()
            """
        ) == 1
    }

    /// Ends an undertaking about which nothing is owed any more.
    func discharge(_ undertaking: Undertaking) async throws(PostgresError) {
        try await execute("DELETE FROM undertakings WHERE \(held(undertaking))")
    }

    /// Lets go of the lease, so that anybody may take the undertaking over.
    func abandon(_ undertaking: Undertaking) async throws(PostgresError) {
        try await execute("UPDATE undertakings SET lease_until = clock_timestamp() WHERE \(held(undertaking))")
    }

    private func held(_ undertaking: Undertaking) -> SQL {
        """
        holder_kind = \(undertaking.holder.kind) AND holder_id = \(undertaking.holder.text)
            AND token = \(undertaking.token)
        """
    }
}

extension QueryRunner {
    /// The holders about which something is owed and nobody is at it, the longest first.
    func abandonedUndertakings(limit: Int) async throws(PostgresError) -> [Holder] {
        try await query(
            """
            SELECT holder_kind, holder_id FROM undertakings WHERE lease_until <= clock_timestamp()
            ORDER BY lease_until LIMIT \(limit)
            """
        ).map(HolderRow.read)
    }

    /// Those of the holders about which something is under way or owed.
    func undertakenHolders(among holders: Set<Holder>) async throws(PostgresError) -> Set<Holder> {
        let all = Array(holders)
        let rows = try await query(
            """
            SELECT holder_kind, holder_id FROM undertakings WHERE (holder_kind, holder_id) IN (
                SELECT * FROM unnest(\(all.map(\.kind))::text[], \(all.map(\.text))::uuid[]))
            """
        )
        return Set(try rows.map(HolderRow.read))
    }

    /// Whether anybody is about to lean on the port, or to let go of it.
    func isUndertaken(port: PortID) async throws(PostgresError) -> Bool {
        try await !query(
            """
            SELECT 1 FROM undertakings WHERE port_ids @> ARRAY[\(port)::uuid] AND lease_until > clock_timestamp()
            LIMIT 1
            """
        ).isEmpty
    }

    /// What the rows of holders say that they lean on; those that are gone are absent.
    func footings(of holders: Set<Holder>) async throws(PostgresError) -> [Holder: Footing] {
        var (ids, forwardingIDs): ([FloatingIPID], [PortForwardingID]) = ([], [])
        var proxyIDs: [NDPProxyID] = []
        for holder in holders {
            switch holder {
            case .floatingIP(let id): ids.append(id)
            case .portForwarding(let id): forwardingIDs.append(id)
            case .ndpProxy(let id): proxyIDs.append(id)
            }
        }
        var footings: [Holder: Footing] = [:]
        for found in ids.isEmpty ? [] : try await floatingIPs(ids) { footings[.floatingIP(found.id)] = Footing(found) }
        for (forwarding, router) in forwardingIDs.isEmpty ? [] : try await forwardings(forwardingIDs) {
            footings[.portForwarding(forwarding.id)] = Footing(forwarding, on: router)
        }
        for found in proxyIDs.isEmpty ? [] : try await proxies(proxyIDs) {
            footings[.ndpProxy(found.id)] = Footing(found)
        }
        return footings
    }

    /// What the row of a holder says that it leans on.
    func footing(of holder: Holder) async throws(PostgresError) -> Footing {
        try await footings(of: [holder])[holder] ?? .nothing
    }
}

private enum HolderRow {
    static func read(_ row: Row) throws(PostgresError) -> Holder {
        let (kind, id) = (try row.column("holder_kind", as: String.self), try row.column("holder_id", as: String.self))
        guard let holder = Holder(kind: kind, id: id) else { throw .decoding("\"\(kind)\" \(id) is no holder") }
        return holder
    }
}
