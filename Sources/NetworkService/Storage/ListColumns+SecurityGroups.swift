internal import Listing
internal import Postgres
internal import ResourceModel

extension ListColumns {
    static func securityGroups(for caller: RequestContext) -> ListColumns {
        ListColumns(
            from: "security_groups AS g",
            id: "g.id",
            common(of: "g") + [
                ListColumn("stateful", column: "g.stateful", type: .boolean),
                ListColumn(
                    "shared",
                    column: Visibility(caller: caller).isSharedSecurityGroup,
                    type: .boolean,
                    isSortable: false
                ),
            ]
        )
    }

    static let securityGroupRules = ListColumns(
        from: "security_group_rules AS r JOIN security_groups AS g ON g.id = r.security_group_id",
        id: "r.id",
        [
            ListColumn("project_id", column: "r.project_id", type: .text),
            ListColumn("description", column: "r.description", type: .text, isSortable: false),
            ListColumn("revision_number", column: "r.revision_number", type: .integer, isSortable: false),
            ListColumn("security_group_id", column: "r.security_group_id", type: .uuid),
            ListColumn("direction", column: "r.direction", type: .text),
            ListColumn("ethertype", column: "r.ethertype", type: .text),
            ListColumn("protocol", column: "r.protocol", type: .text),
            ListColumn("port_range_min", column: "r.port_range_min", type: .integer),
            ListColumn("port_range_max", column: "r.port_range_max", type: .integer),
            ListColumn("remote_ip_prefix", column: "r.remote_ip_prefix", type: .cidr),
            ListColumn("remote_group_id", column: "r.remote_group_id", type: .uuid),
            ListColumn("belongs_to_default_sg", column: "g.is_default", type: .boolean, isSortable: false),
        ]
    )
}
