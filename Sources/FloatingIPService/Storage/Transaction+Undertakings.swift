internal import Listing
internal import Postgres
internal import ResourceModel

/// A lease that is being asked for.
struct LeaseRequest: Sendable {
    fileprivate let holder: Holder
    fileprivate let token: ID<Undertaking>
    fileprivate let rows: Postponed

    /// The undertaking; nil while another has the lease.
    var undertaking: Undertaking? {
        get async throws(PostgresError) { try UndertakingRow.read(await rows.rows, of: holder, token) }
    }
}

extension Transaction {
    /// Asks for the lease on what is held for a holder, on the way of the next statement.
    func undertakeLater(_ holder: Holder, for lease: Duration) -> LeaseRequest {
        let token = ID<Undertaking>.random()
        let rows = executeLater(UndertakingRow.taking(holder, leaningOn: nil, for: lease, token))
        return LeaseRequest(holder: holder, token: token, rows: rows)
    }

    /// Makes sure, on the way of the next statement, that the lease has not ended and does not before the transaction:
    /// else there is no row.
    func confirm(_ undertaking: Undertaking) -> Postponed {
        executeLater(
            """
            SELECT 1 FROM undertakings WHERE \(UndertakingRow.of(undertaking)) AND lease_until > clock_timestamp()
            FOR UPDATE
            """
        )
    }

    /// Ends an undertaking, whose lease was confirmed or begun here, in the transaction that makes it true.
    func fulfil(_ undertaking: Undertaking) {
        executeLater("DELETE FROM undertakings WHERE \(UndertakingRow.of(undertaking))")
    }

    /// Writes what is owed from now on, in the transaction that makes it so and has confirmed or begun the lease.
    func owe(_ undertaking: Undertaking) {
        executeLater(
            """
            UPDATE undertakings SET port_ids = \(Array(undertaking.portIDs)) WHERE \(UndertakingRow.of(undertaking))
            """
        )
    }
}

/// Changes of undertakings alone, which may be lost in a crash of the database: an undertaking that comes back is settled
/// again, and what others hold for one that does not they ask about by themselves.
extension Database {
    /// Takes the lease on what is held for a holder, with what is owed from before; nil while another has it.
    func undertake(
        _ holder: Holder,
        leaningOn port: PortID?,
        for lease: Duration
    ) async throws(PostgresError) -> Undertaking? {
        let token = ID<Undertaking>.random()
        let taking = UndertakingRow.taking(holder, leaningOn: port, for: lease, token)
        return try UndertakingRow.read(await perform([taking], .forgetful)[0], of: holder, token)
    }

    /// Ends an undertaking about which nothing is owed any more.
    func discharge(_ undertaking: Undertaking) async throws(PostgresError) {
        try await perform(["DELETE FROM undertakings WHERE \(UndertakingRow.of(undertaking))"], .forgetful)
    }

    /// Lets go of the lease, so that anybody may take the undertaking over.
    func abandon(_ undertaking: Undertaking) async throws(PostgresError) {
        try await perform(
            ["UPDATE undertakings SET lease_until = clock_timestamp() WHERE \(UndertakingRow.of(undertaking))"],
            .forgetful
        )
    }
}

private enum UndertakingRow {
    /// Takes the lease, unless another has it.
    static func taking(
        _ holder: Holder,
        leaningOn port: PortID?,
        for lease: Duration,
        _ token: ID<Undertaking>
    ) -> SQL {
        let ports = port.map { [$0] } ?? []
        return """
            INSERT INTO undertakings AS u (holder_kind, holder_id, token, lease_until, port_ids)
            VALUES (\(holder.kind), \(holder.text), \(token),
                clock_timestamp() + \(lease / .seconds(1)) * interval '1 second', \(ports))
            ON CONFLICT ON CONSTRAINT undertakings_pkey DO UPDATE SET token = excluded.token,
                lease_until = excluded.lease_until, port_ids = u.port_ids || excluded.port_ids
            WHERE u.lease_until <= clock_timestamp()
            RETURNING u.port_ids, u.xmax <> 0 AS inherited
            """
    }

    static func read(
        _ rows: Rows,
        of holder: Holder,
        _ token: ID<Undertaking>
    ) throws(PostgresError) -> Undertaking? {
        // A row that was updated, not inserted, has been locked by this transaction before: its xmax says so.
        try rows.first.map { row throws(PostgresError) in
            Undertaking(
                holder: holder,
                token: token,
                portIDs: Set(try row.column("port_ids", as: [PortID].self)),
                isInherited: try row.column("inherited")
            )
        }
    }

    /// The row of an undertaking.
    static func of(_ undertaking: Undertaking) -> SQL {
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
