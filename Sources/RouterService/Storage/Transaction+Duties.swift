internal import Listing
internal import Postgres
internal import ResourceModel

extension Transaction {
    /// Records a duty; false when the port has one already.
    func insert(_ duty: PortDuty, dueAfter delay: Duration) async throws(PostgresError) -> Bool {
        try await execute(
            """
            INSERT INTO duties (port_id, router_id, action, subnet_ids, ip_addresses, due_at)
            VALUES (\(duty.portID), \(duty.routerID), \(duty.action.rawValue),
                \(duty.addresses.map(\.subnetID)), \(duty.addresses.map(\.address)),
                now() + \(delay.seconds) * interval '1 second')
            ON CONFLICT ON CONSTRAINT duties_pkey DO NOTHING
            """
        ) == 1
    }

    /// Removes a duty because its change comes about with this transaction; false when somebody has begun to undo it.
    func fulfil(_ duty: PortDuty) async throws(PostgresError) -> Bool {
        try await execute(
            "DELETE FROM duties WHERE port_id = \(duty.portID) AND action = \(duty.action.rawValue)"
        ) == 1
    }

    /// Turns a port's duty into what undoes it, so that its change can no longer come about, and puts off its next try.
    func undoForUpdate(_ port: PortID, retryAfter delay: Duration) async throws(PostgresError) -> PortDuty? {
        let rows = try await query(
            """
            SELECT port_id, router_id, action, subnet_ids, ip_addresses FROM duties
            WHERE port_id = \(port) FOR UPDATE
            """
        )
        guard let row = rows.first else { return nil }
        var duty = try DutyRow.read(row)
        duty.action = duty.action.undoing
        try await execute(
            """
            UPDATE duties SET action = \(duty.action.rawValue), due_at = now() + \(delay.seconds) * interval '1 second'
            WHERE port_id = \(port)
            """
        )
        return duty
    }

    /// Removes a duty that has been done.
    func discharge(_ duty: PortDuty) async throws(PostgresError) {
        try await execute("DELETE FROM duties WHERE port_id = \(duty.portID)")
    }
}

extension QueryRunner {
    /// Ports whose duties are due, the longest due first.
    func duePorts(limit: Int) async throws(PostgresError) -> [PortID] {
        let rows = try await query("SELECT port_id FROM duties WHERE due_at <= now() ORDER BY due_at LIMIT \(limit)")
        return try rows.map { row throws(PostgresError) in try row.column(0) }
    }

    /// Which of the ports routers hold, or are about to.
    func heldPorts(_ ids: [PortID]) async throws(PostgresError) -> Set<PortHold> {
        let rows = try await query(
            """
            SELECT port_id, router_id FROM router_ports WHERE port_id = ANY(\(ids)::uuid[])
            UNION SELECT port_id, router_id FROM duties
            WHERE port_id = ANY(\(ids)::uuid[]) AND action IN ('making', 'claiming', 'changing', 'restore')
            """
        )
        return Set(
            try rows.map { row throws(PostgresError) in
                PortHold(portID: try row.column(0), routerID: try row.column(1))
            }
        )
    }
}

/// That a router holds a port.
struct PortHold: Hashable, Sendable {
    let portID: PortID
    let routerID: RouterID
}

enum DutyRow {
    static func read(_ row: Row) throws(PostgresError) -> PortDuty {
        let name = try row.column("action", as: String.self)
        guard let action = PortDuty.Action(rawValue: name) else { throw .decoding("\"\(name)\" is no duty") }
        return PortDuty(
            portID: try row.column("port_id"),
            routerID: try row.column("router_id"),
            action: action,
            addresses: try PortRow.addresses(row)
        )
    }
}

extension Duration {
    /// The duration in seconds with fractions.
    var seconds: Double {
        let (whole, fraction) = components
        return Double(whole) + Double(fraction) / 1e18
    }
}
