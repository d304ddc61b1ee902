internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

// A security group's row (`g`), its rules' rows (`r`, joined with `g`), and what they are.

extension SecurityGroup {
    static func columns(for caller: RequestContext) -> SQL {
        """
        g.id, g.project_id, g.name, g.description, g.created_at, g.updated_at, g.revision_number, g.tags, g.stateful,
        g.is_default, \(Visibility(caller: caller).isSharedSecurityGroup) AS is_shared
        """
    }

    /// Without its rules.
    init(row: Row) throws(PostgresError) {
        self.init(
            id: try row.column("id"),
            projectID: try row.column("project_id"),
            labels: try Labels(row: row),
            history: try History(row: row),
            isStateful: try row.column("stateful"),
            isDefault: try row.column("is_default"),
            isShared: try row.column("is_shared"),
            rules: []
        )
    }
}

extension SecurityGroupRule {
    static let columns: SQL = """
        r.id, r.project_id, r.description, r.created_at, r.updated_at, r.revision_number, r.security_group_id,
        r.direction, r.ethertype, r.protocol, r.port_range_min, r.port_range_max, r.remote_ip_prefix,
        masklen(r.remote_ip_prefix) AS remote_length, host(r.remote_ip_prefix) AS remote_host, r.remote_group_id,
        g.is_default
        """

    init(row: Row) throws(PostgresError) {
        self.init(
            id: try row.column("id"),
            projectID: try row.column("project_id"),
            description: try row.column("description"),
            history: try History(row: row),
            groupID: try row.column("security_group_id"),
            direction: try Direction(column: "direction", of: row),
            ethertype: try Ethertype(column: "ethertype", of: row),
            protocolName: try row.column("protocol"),
            first: try row.column("port_range_min"),
            last: try row.column("port_range_max"),
            remotePrefix: try SecurityGroupRule.remotePrefix(of: row),
            remoteGroupID: try row.column("remote_group_id"),
            belongsToDefault: try row.column("is_default")
        )
    }

    private static func remotePrefix(of row: Row) throws(PostgresError) -> CIDR? {
        // An inet without a length behind it is a whole address, which a CIDR always says with its length.
        guard let host = try row.column("remote_host", as: IPAddress?.self),
            let length = try row.column("remote_length", as: Int?.self)
        else { return nil }
        return CIDR(address: host, prefixLength: length)
    }
}
