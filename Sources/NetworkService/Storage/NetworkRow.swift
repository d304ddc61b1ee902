internal import Listing
internal import Postgres
internal import ResourceModel

// A network's row (`n`) and the network it is.

extension Network {
    static let columns: SQL = """
        n.id, n.project_id, n.name, n.description, n.created_at, n.updated_at, n.revision_number, n.tags,
        n.admin_state_up, n.shared, n.router_external, n.is_default, n.mtu, n.provider_network_type,
        n.provider_physical_network, n.provider_segmentation_id, n.port_security_enabled, n.availability_zone_hints,
        n.dns_domain, n.qos_policy_id,
        ARRAY(SELECT s.id FROM subnets s WHERE s.network_id = n.id ORDER BY s.created_at, s.id) AS subnet_ids
        """

    init(row: Row) throws(PostgresError) {
        id = try row.column("id")
        projectID = try row.column("project_id")
        labels = try Labels(row: row)
        history = try History(row: row)
        isAdminUp = try row.column("admin_state_up")
        isShared = try row.column("shared")
        isExternal = try row.column("router_external")
        isDefault = try row.column("is_default")
        mtu = try row.column("mtu")
        segment = try Segment(row: row)
        isPortSecurityEnabled = try row.column("port_security_enabled")
        availabilityZoneHints = try row.column("availability_zone_hints")
        dnsDomain = try row.column("dns_domain")
        qosPolicyID = try row.column("qos_policy_id")
        subnetIDs = try row.column("subnet_ids")
    }
}

extension Labels {
    init(row: Row) throws(PostgresError) {
        self.init(
            stored: try row.column("name"),
            description: try row.column("description"),
            tags: try row.column("tags")
        )
    }
}

extension History {
    init(row: Row) throws(PostgresError) {
        createdAt = try row.column("created_at")
        updatedAt = try row.column("updated_at")
        revision = try row.column("revision_number")
    }
}

extension Segment {
    init(row: Row) throws(PostgresError) {
        self.init(
            stored: try NetworkType(column: "provider_network_type", of: row),
            physicalNetwork: try row.column("provider_physical_network"),
            segmentationID: try row.column("provider_segmentation_id")
        )
    }
}

extension RawRepresentable<String> {
    /// The case that a column names.
    init(column name: String, of row: Row) throws(PostgresError) {
        let text = try row.column(name, as: String.self)
        guard let value = Self(rawValue: text) else { throw .decoding("column \"\(name)\": unknown value \"\(text)\"") }
        self = value
    }
}
