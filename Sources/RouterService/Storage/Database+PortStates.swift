internal import Listing
internal import Postgres
internal import ResourceModel

/// Where a router's port is, as NetworkService has yet to be told.
struct UntoldPort: Hashable, Sendable {
    let portID: PortID
    let routerID: RouterID
    let host: String
    let status: String
}

extension Database {
    /// Ports whose place or state NetworkService does not know; nobody else gets them for the given time.
    func takeUntoldPorts(limit: Int, for time: Duration) async throws -> [UntoldPort] {
        try await withTransaction { transaction in
            let rows = try await transaction.query(
                """
                UPDATE router_ports l SET tell_at = now() + \(time.seconds) * interval '1 second' FROM (
                    SELECT port_id FROM router_ports
                    WHERE (host <> told_host OR status <> told_status) AND tell_at <= now()
                    ORDER BY tell_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
                ) untold
                WHERE l.port_id = untold.port_id RETURNING l.port_id, l.router_id, l.host, l.status
                """
            )
            return try rows.map { row in
                UntoldPort(
                    portID: try row.column(0),
                    routerID: try row.column(1),
                    host: try row.column(2),
                    status: try row.column(3)
                )
            }
        }
    }

    /// NetworkService knows.
    func noteTold(_ port: UntoldPort) async throws(PostgresError) {
        try await execute(
            """
            UPDATE router_ports SET told_host = \(port.host), told_status = \(port.status), tell_at = now()
            WHERE port_id = \(port.portID)
            """
        )
    }
}
