internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

// A subnet pool's row (`o`) and the pool it is.

extension SubnetPool {
    static func columns(for caller: RequestContext) -> SQL {
        """
        o.id, o.project_id, o.name, o.description, o.created_at, o.updated_at, o.revision_number, o.tags, o.ip_version,
        o.prefixes, o.default_prefixlen, o.min_prefixlen, o.max_prefixlen, o.default_quota, o.address_scope_id,
        o.is_default, \(Visibility(caller: caller).isSharedSubnetPool) AS is_shared
        """
    }

    init(row: Row) throws(PostgresError) {
        self.init(
            id: try row.column("id"),
            projectID: try row.column("project_id"),
            labels: try Labels(row: row),
            history: try History(row: row),
            prefixes: try row.column("prefixes"),
            lengths: PrefixLengths(
                stored: try row.column("default_prefixlen"),
                shortest: try row.column("min_prefixlen"),
                longest: try row.column("max_prefixlen")
            ),
            quota: try row.column("default_quota"),
            scopeID: try row.column("address_scope_id"),
            isDefault: try row.column("is_default"),
            isShared: try row.column("is_shared"),
            version: IPVersion(rawValue: try row.column("ip_version")) ?? .v4
        )
    }
}

extension ListColumns {
    static func subnetPools(for caller: RequestContext) -> ListColumns {
        ListColumns(
            from: "subnet_pools AS o",
            id: "o.id",
            common(of: "o") + [
                ListColumn("ip_version", column: "o.ip_version", type: .integer),
                ListColumn("default_prefixlen", column: "o.default_prefixlen", type: .integer),
                ListColumn("min_prefixlen", column: "o.min_prefixlen", type: .integer),
                ListColumn("max_prefixlen", column: "o.max_prefixlen", type: .integer),
                ListColumn("default_quota", column: "o.default_quota", type: .integer),
                ListColumn("address_scope_id", column: "o.address_scope_id", type: .uuid),
                ListColumn("is_default", column: "o.is_default", type: .boolean),
                ListColumn(
                    "shared",
                    column: Visibility(caller: caller).isSharedSubnetPool,
                    type: .boolean,
                    isSortable: false
                ),
            ]
        )
    }
}
