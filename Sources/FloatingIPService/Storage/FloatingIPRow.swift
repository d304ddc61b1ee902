internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// A floating IP's columns in words, and how to read them.
enum FloatingIPRow {
    static let columns: SQL = """
        f.id, f.project_id, f.network_id, f.address, f.description, f.tags, f.dns_name, f.dns_domain, f.port_id,
        f.fixed_ip_address, f.subnet_id, f.router_id, f.last_router_id, f.status, f.status_reason, f.applied_revision,
        f.mapping_revision, f.revision_number, f.created_at, f.updated_at
        """

    static func read(_ row: Row) throws(PostgresError) -> FloatingIP {
        var floatingIP = FloatingIP(
            id: try row.column("id"),
            projectID: try row.column("project_id"),
            networkID: try row.column("network_id"),
            address: try row.column("address")
        )
        floatingIP.description = try row.column("description")
        floatingIP.tags = try row.column("tags")
        floatingIP.dnsName = try row.column("dns_name")
        floatingIP.dnsDomain = try row.column("dns_domain")
        floatingIP.target = try target(row)
        floatingIP.routerID = try row.column("router_id")
        floatingIP.lastRouterID = try row.column("last_router_id")
        let status = try row.column("status", as: String.self)
        guard let known = FloatingIP.Status(rawValue: status) else { throw .decoding("\"\(status)\" is no status") }
        floatingIP.status = known
        floatingIP.statusReason = try row.column("status_reason")
        floatingIP.appliedRevision = try row.column("applied_revision")
        floatingIP.mappingRevision = try row.column("mapping_revision")
        floatingIP.revision = try row.column("revision_number")
        floatingIP.createdAt = try row.column("created_at")
        floatingIP.updatedAt = try row.column("updated_at")
        return floatingIP
    }

    private static func target(_ row: Row) throws(PostgresError) -> FloatingIP.Target? {
        guard let port = try row.column("port_id", as: PortID?.self) else { return nil }
        return FloatingIP.Target(
            portID: port,
            address: try row.column("fixed_ip_address"),
            subnetID: try row.column("subnet_id")
        )
    }
}

/// A port forwarding's columns in words, and how to read them.
enum PortForwardingRow {
    static let columns: SQL = """
        p.id, p.floating_ip_id, p.protocol, p.internal_port_id, p.internal_ip_address, p.internal_subnet_id,
        lower(p.external_ports) AS external_first, upper(p.external_ports) - 1 AS external_last,
        lower(p.internal_ports) AS internal_first, upper(p.internal_ports) - 1 AS internal_last, p.description
        """

    static func read(_ row: Row) throws(PostgresError) -> PortForwarding {
        let name = try row.column("protocol", as: String.self)
        guard let transport = PortForwarding.Transport(rawValue: name) else {
            throw .decoding("\"\(name)\" is no transport protocol")
        }
        return PortForwarding(
            id: try row.column("id"),
            floatingIPID: try row.column("floating_ip_id"),
            transport: transport,
            target: FloatingIP.Target(
                portID: try row.column("internal_port_id"),
                address: try row.column("internal_ip_address"),
                subnetID: try row.column("internal_subnet_id")
            ),
            externalPorts: try range(row, "external"),
            internalPorts: try range(row, "internal"),
            description: try row.column("description")
        )
    }

    private static func range(_ row: Row, _ side: String) throws(PostgresError) -> PortRange {
        let first = try row.column("\(side)_first", as: Int.self)
        let last = try row.column("\(side)_last", as: Int.self)
        guard let range = PortRange(first, last) else { throw .decoding("\(first)…\(last) are no ports") }
        return range
    }
}
