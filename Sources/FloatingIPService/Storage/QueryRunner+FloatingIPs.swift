internal import Listing
internal import Postgres
internal import ResourceModel

extension QueryRunner {
    /// The floating IP as it is; nil when there is none.
    func floatingIP(_ id: FloatingIPID) async throws(PostgresError) -> FloatingIP? {
        try await query("SELECT \(FloatingIPRow.columns) FROM floating_ips f WHERE f.id = \(id)").first
            .map(FloatingIPRow.read)
    }

    /// The floating IPs that exist of these, in no order.
    func floatingIPs(_ ids: [FloatingIPID]) async throws(PostgresError) -> [FloatingIP] {
        try await query("SELECT \(FloatingIPRow.columns) FROM floating_ips f WHERE f.id = ANY(\(ids)::uuid[])")
            .map(FloatingIPRow.read)
    }

    /// The floating IPs that a router carries, in no order.
    func floatingIPs(onRouter router: RouterID) async throws(PostgresError) -> [FloatingIP] {
        try await query("SELECT \(FloatingIPRow.columns) FROM floating_ips f WHERE f.router_id = \(router)")
            .map(FloatingIPRow.read)
    }

    /// The floating IPs that are mapped to a port, in the order of ids.
    func floatingIPs(onPort port: PortID) async throws(PostgresError) -> [FloatingIP] {
        try await query("SELECT \(FloatingIPRow.columns) FROM floating_ips f WHERE f.port_id = \(port) ORDER BY f.id")
            .map(FloatingIPRow.read)
    }

    /// The floating IPs of an external network that are on no router.
    func idleFloatingIPs(ofNetwork network: NetworkID) async throws(PostgresError) -> [FloatingIPID] {
        let rows = try await query(
            "SELECT id FROM floating_ips WHERE network_id = \(network) AND router_id IS NULL ORDER BY id"
        )
        return try rows.map { row throws(PostgresError) in try row.column(0) }
    }

    /// Whether a floating IP left this router, and its node has not said that it is gone.
    func isAnyLeaving(router: RouterID) async throws(PostgresError) -> Bool {
        try await !query(
            """
            SELECT 1 FROM floating_ips WHERE last_router_id = \(router) AND router_id IS NULL AND status <> 'DOWN'
            LIMIT 1
            """
        ).isEmpty
    }

    /// The floating IP as it is, nil when there is none; and how many a project has.
    func floatingIP(
        _ id: FloatingIPID,
        andUsageOfProject project: String
    ) async throws(PostgresError) -> (floatingIP: FloatingIP?, usage: ProjectUsage) {
        let rows = try await query([
            "SELECT \(FloatingIPRow.columns) FROM floating_ips f WHERE f.id = \(id)",
            ProjectUsage.reading(ofProject: project),
        ])
        let usage = try rows[1].first.map(ProjectUsage.read) ?? ProjectUsage(used: 0)
        return (try rows[0].first.map(FloatingIPRow.read), usage)
    }

    /// The forwardings of floating IPs, oldest first.
    func forwardings(of ids: [FloatingIPID]) async throws(PostgresError) -> [FloatingIPID: [PortForwarding]] {
        let rows = try await query(
            """
            SELECT \(PortForwardingRow.columns) FROM port_forwardings p WHERE p.floating_ip_id = ANY(\(ids)::uuid[])
            ORDER BY p.created_at, p.id
            """
        )
        return Dictionary(grouping: try rows.map(PortForwardingRow.read), by: \.floatingIPID)
    }

    /// The forwardings that exist of these, with the routers of their floating IPs, in no order.
    func forwardings(
        _ ids: [PortForwardingID]
    ) async throws(PostgresError) -> [(forwarding: PortForwarding, router: RouterID?)] {
        let rows = try await query(
            """
            SELECT \(PortForwardingRow.columns), f.router_id FROM port_forwardings p
            JOIN floating_ips f ON f.id = p.floating_ip_id WHERE p.id = ANY(\(ids)::uuid[])
            """
        )
        return try rows.map { row throws(PostgresError) in
            (try PortForwardingRow.read(row), try row.column("router_id"))
        }
    }
}
