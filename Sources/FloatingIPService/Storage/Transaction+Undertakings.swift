internal import Listing
internal import Postgres
internal import ResourceModel

extension Transaction {
    /// Takes the lease on a floating IP's references, with what is owed from before; nil while another has it.
    func undertake(
        _ id: FloatingIPID,
        leaning leans: Set<Lean>,
        for lease: Duration
    ) async throws(PostgresError) -> Undertaking? {
        let token = ID<Undertaking>.random()
        let leans = LeanColumns(leans)
        let rows = try await query(
            """
            INSERT INTO undertakings AS u (floating_ip_id, token, lease_until, holder_kinds, holder_ids, port_ids)
            VALUES (\(id), \(token), clock_timestamp() + \(lease.seconds) * interval '1 second',
                \(leans.kinds), \(leans.ids), \(leans.ports))
            ON CONFLICT ON CONSTRAINT undertakings_pkey DO UPDATE SET token = excluded.token,
                lease_until = excluded.lease_until, holder_kinds = u.holder_kinds || excluded.holder_kinds,
                holder_ids = u.holder_ids || excluded.holder_ids, port_ids = u.port_ids || excluded.port_ids
            WHERE u.lease_until <= clock_timestamp()
            RETURNING u.holder_kinds, u.holder_ids, u.port_ids, u.xmax <> 0 AS inherited
            """
        )
        return try rows.first.map { row throws(PostgresError) in
            // A row that was updated, not inserted, has been locked by this transaction before: its xmax says so.
            Undertaking(
                id: id,
                token: token,
                leans: try LeanColumns.read(row),
                isInherited: try row.column("inherited")
            )
        }
    }

    /// Ends an undertaking in the transaction that makes it true; false when its lease has ended.
    func fulfil(_ undertaking: Undertaking) async throws(PostgresError) -> Bool {
        try await execute(
            """
            DELETE FROM undertakings WHERE floating_ip_id = \(undertaking.id) AND token = \(undertaking.token)
                AND lease_until > clock_timestamp()
            """
        ) == 1
    }

    /// Writes what is owed from now on, in the transaction that makes it so; false when the lease has ended.
    func owe(_ undertaking: Undertaking) async throws(PostgresError) -> Bool {
        let leans = LeanColumns(undertaking.leans)
        return try await execute(
            """
            UPDATE undertakings SET holder_kinds = \(leans.kinds), holder_ids = \(leans.ids), port_ids = \(leans.ports)
            WHERE floating_ip_id = \(undertaking.id) AND token = \(undertaking.token)
                AND lease_until > clock_timestamp()
            """
        ) == 1
    }

    /// Ends an undertaking about which nothing is owed any more.
    func discharge(_ undertaking: Undertaking) async throws(PostgresError) {
        try await execute(
            "DELETE FROM undertakings WHERE floating_ip_id = \(undertaking.id) AND token = \(undertaking.token)"
        )
    }

    /// Lets go of the lease, so that anybody may take the undertaking over.
    func abandon(_ undertaking: Undertaking) async throws(PostgresError) {
        try await execute(
            """
            UPDATE undertakings SET lease_until = clock_timestamp()
            WHERE floating_ip_id = \(undertaking.id) AND token = \(undertaking.token)
            """
        )
    }
}

extension QueryRunner {
    /// The floating IPs about which something is owed and nobody is at it, the longest first.
    func abandonedUndertakings(limit: Int) async throws(PostgresError) -> [FloatingIPID] {
        let rows = try await query(
            """
            SELECT floating_ip_id FROM undertakings WHERE lease_until <= clock_timestamp()
            ORDER BY lease_until LIMIT \(limit)
            """
        )
        return try rows.map { row throws(PostgresError) in try row.column(0) }
    }

    /// All holders that undertakings are about which have to do with one of these.
    func undertakenHolders(among holders: Set<Holder>) async throws(PostgresError) -> Set<Holder> {
        let ids = holders.map(\.text)
        let rows = try await query(
            """
            SELECT floating_ip_id, holder_kinds, holder_ids, port_ids FROM undertakings
            WHERE floating_ip_id = ANY(\(ids)::uuid[]) OR holder_ids && \(ids)::uuid[]
            """
        )
        var busy: Set<Holder> = []
        for row in rows {
            busy.insert(.floatingIP(try row.column("floating_ip_id")))
            busy.formUnion(try LeanColumns.read(row).map(\.holder))
        }
        return busy
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
}

/// Leans as the three arrays of an undertaking.
private struct LeanColumns {
    private(set) var kinds: [String] = []
    private(set) var ids: [String] = []
    private(set) var ports: [PortID] = []

    init(_ leans: Set<Lean>) {
        for lean in leans {
            kinds.append(lean.holder.kind)
            ids.append(lean.holder.text)
            ports.append(lean.portID)
        }
    }

    static func read(_ row: Row) throws(PostgresError) -> Set<Lean> {
        let kinds = try row.column("holder_kinds", as: [String].self)
        let ids = try row.column("holder_ids", as: [String].self)
        let ports = try row.column("port_ids", as: [PortID].self)
        var leans: Set<Lean> = []
        for ((kind, id), port) in zip(zip(kinds, ids), ports) {
            leans.insert(Lean(holder: try holder(kind, id), portID: port))
        }
        return leans
    }

    private static func holder(_ kind: String, _ id: String) throws(PostgresError) -> Holder {
        guard let holder = Holder(kind: kind, id: id) else { throw .decoding("\"\(kind)\" \(id) is no holder") }
        return holder
    }
}

extension Duration {
    /// The duration in seconds with fractions.
    fileprivate var seconds: Double { self / .seconds(1) }
}
