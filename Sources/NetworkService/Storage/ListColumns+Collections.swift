internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

// What each collection can be filtered and sorted by. Source: Networking API v2.0, the attributes' tables.

extension ListColumns {
    static func networks(for caller: RequestContext) -> ListColumns {
        ListColumns(
            from: "networks AS n",
            id: "n.id",
            common(of: "n") + [
                ListColumn("admin_state_up", column: "n.admin_state_up", type: .boolean),
                ListColumn("status", column: "n.status", type: .text),
                ListColumn(
                    "shared",
                    column: Visibility(caller: caller).isSharedNetwork,
                    type: .boolean,
                    isSortable: false
                ),
                ListColumn("router_external", column: "n.router_external", type: .boolean, isSortable: false),
                ListColumn("is_default", column: "n.is_default", type: .boolean, isSortable: false),
                ListColumn("mtu", column: "n.mtu", type: .integer),
                ListColumn("provider_network_type", column: "n.provider_network_type", type: .text),
                ListColumn("provider_physical_network", column: "n.provider_physical_network", type: .text),
                ListColumn("provider_segmentation_id", column: "n.provider_segmentation_id", type: .integer),
            ]
        )
    }

    static let subnets = ListColumns(
        from: "subnets AS s JOIN networks AS n ON n.id = s.network_id",
        id: "s.id",
        common(of: "s") + [
            ListColumn("network_id", column: "s.network_id", type: .uuid),
            ListColumn("ip_version", column: "s.ip_version", type: .integer),
            ListColumn("cidr", column: "s.cidr", type: .cidr),
            ListColumn("gateway_ip", column: "s.gateway_ip", type: .inet),
            ListColumn("enable_dhcp", column: "s.enable_dhcp", type: .boolean),
            ListColumn("ipv6_ra_mode", column: "s.ipv6_ra_mode", type: .text),
            ListColumn("ipv6_address_mode", column: "s.ipv6_address_mode", type: .text),
            ListColumn("subnetpool_id", column: "s.subnetpool_id", type: .uuid),
            ListColumn("segment_id", column: "s.segment_id", type: .text),
            ListColumn("router_external", column: "n.router_external", type: .boolean, isSortable: false),
        ]
    )

    static let ports = ListColumns(
        from: "ports AS p JOIN networks AS n ON n.id = p.network_id",
        id: "p.id",
        common(of: "p") + portAddresses + [
            ListColumn("network_id", column: "p.network_id", type: .uuid),
            ListColumn("admin_state_up", column: "p.admin_state_up", type: .boolean),
            ListColumn("mac_address", column: "p.mac_address", type: .macaddr),
            ListColumn("device_id", column: "p.device_id", type: .text),
            ListColumn("device_owner", column: "p.device_owner", type: .text),
            ListColumn("status", column: "p.status", type: .text),
            ListColumn("binding_host_id", column: "p.binding_host_id", type: .text, isSortable: false),
            ListColumn("ip_allocation", column: "p.ip_allocation", type: .text),
            .custom("security_groups") { "p.security_groups && \($0)::text[]" },
        ]
    )

    /// What all of them have.
    static func common(of table: String) -> [ListColumn] {
        func column(_ name: String) -> SQL { SQL(unescaped: "\(table).\(name)") }
        return [
            ListColumn("name", column: column("name"), type: .text),
            ListColumn("description", column: column("description"), type: .text, isSortable: false),
            ListColumn("project_id", column: column("project_id"), type: .text),
            ListColumn("revision_number", column: column("revision_number"), type: .integer, isSortable: false),
        ] + ListColumn.tags(column: column("tags"))
    }

    private static let portAddresses: [ListColumn] = [
        .custom("fixed_ips.ip_address") { values in
            guard values.allSatisfy({ IPAddress($0) != nil }) else { return nil }
            return "p.id IN (SELECT a.port_id FROM ip_allocations a WHERE a.ip_address = ANY (\(values)::inet[]))"
        },
        .custom("fixed_ips.subnet_id") { values in
            guard values.allSatisfy({ SubnetID($0) != nil }) else { return nil }
            return "p.id IN (SELECT a.port_id FROM ip_allocations a WHERE a.subnet_id = ANY (\(values)::uuid[]))"
        },
        .custom("fixed_ips.ip_address_substr") { values in
            """
            EXISTS (
                SELECT FROM ip_allocations a, unnest(\(values)::text[]) part
                WHERE a.port_id = p.id AND strpos(host(a.ip_address), part) > 0)
            """
        },
    ]
}
