internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

// A network's row (`n`) and the network it is.

extension Network {
    /// All columns; what depends on the caller is as it is for none when that is nil.
    static func columns(for caller: RequestContext? = nil) -> SQL {
        """
        \(plainColumns(for: caller)),
        ARRAY(SELECT s.id FROM subnets s WHERE s.network_id = n.id ORDER BY s.created_at, s.id) AS subnet_ids,
        \(scope(of: .v4)) AS ipv4_address_scope, \(scope(of: .v6)) AS ipv6_address_scope
        """
    }

    /// Without what its subnets say, which ports do not need.
    static func columnsForPorts(for caller: RequestContext? = nil) -> SQL {
        """
        \(plainColumns(for: caller)), '{}'::uuid[] AS subnet_ids, NULL::uuid AS ipv4_address_scope,
        NULL::uuid AS ipv6_address_scope
        """
    }

    private static func plainColumns(for caller: RequestContext?) -> SQL {
        let isSharedWithProject = caller.map { Visibility(caller: $0).isSharedWithProject } ?? "FALSE"
        return """
            n.id, n.project_id, n.name, n.description, n.created_at, n.updated_at, n.revision_number, n.tags,
            n.admin_state_up, n.shared, n.router_external, n.external_to_all, n.is_default, n.mtu,
            n.provider_network_type, n.provider_physical_network, n.provider_segmentation_id,
            n.port_security_enabled, n.availability_zone_hints, n.dns_domain, n.qos_policy_id,
            \(isSharedWithProject) AS shared_with_project
            """
    }

    private static func scope(of version: IPVersion) -> SQL {
        """
        (SELECT o.address_scope_id FROM subnets s JOIN subnet_pools o ON o.id = s.subnetpool_id
            WHERE s.network_id = n.id AND s.ip_version = \(version.rawValue) AND o.address_scope_id IS NOT NULL LIMIT 1)
        """
    }

    init(row: Row) throws(PostgresError) {
        id = try row.column("id")
        projectID = try row.column("project_id")
        labels = try Labels(row: row)
        history = try History(row: row)
        isAdminUp = try row.column("admin_state_up")
        isShared = try row.column("shared")
        isSharedWithProject = try row.column("shared_with_project")
        isExternal = try row.column("router_external")
        isExternalToAll = try row.column("external_to_all")
        isDefault = try row.column("is_default")
        mtu = try row.column("mtu")
        segment = try Segment(row: row)
        isPortSecurityEnabled = try row.column("port_security_enabled")
        availabilityZoneHints = try row.column("availability_zone_hints")
        dnsDomain = try row.column("dns_domain")
        qosPolicyID = try row.column("qos_policy_id")
        subnetIDs = try row.column("subnet_ids")
        ipv4ScopeID = try row.column("ipv4_address_scope")
        ipv6ScopeID = try row.column("ipv6_address_scope")
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
