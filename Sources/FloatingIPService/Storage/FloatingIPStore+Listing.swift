internal import Listing
internal import Postgres
internal import ResourceModel

extension FloatingIPStore {
    /// A page of what a project may see; nil is everything.
    func list(_ query: ListQuery, ofProject project: String?) async throws -> Page<FloatingIP> {
        let visible: SQL? = project.map { $0.isEmpty ? "FALSE" : "f.project_id = \($0)" }
        return try await FloatingIPError.listing { () async throws(ListError) in
            try await ListColumns.floatingIPs.page(
                query,
                selecting: FloatingIPRow.columns,
                where: visible,
                in: database,
                FloatingIPRow.read
            )
        }
    }

    /// A page of a floating IP's forwardings.
    func forwardings(_ query: ListQuery, of floatingIP: FloatingIPID) async throws -> Page<PortForwarding> {
        try await FloatingIPError.listing { () async throws(ListError) in
            try await ListColumns.portForwardings.page(
                query,
                selecting: PortForwardingRow.columns,
                where: "p.floating_ip_id = \(floatingIP)",
                in: database,
                PortForwardingRow.read
            )
        }
    }
}

extension ListColumns {
    /// What floating IPs can be filtered and sorted by.
    ///
    /// Source: Networking API v2.0, "Floating IPs".
    static let floatingIPs = ListColumns(
        from: "floating_ips AS f",
        id: "f.id",
        [
            ListColumn("project_id", column: "f.project_id", type: .text),
            ListColumn("description", column: "f.description", type: .text, isSortable: false),
            ListColumn("revision_number", column: "f.revision_number", type: .integer, isSortable: false),
            ListColumn("floating_network_id", column: "f.network_id", type: .uuid),
            ListColumn("floating_ip_address", column: "f.address", type: .inet),
            ListColumn("port_id", column: "f.port_id", type: .uuid, isSortable: false),
            ListColumn("fixed_ip_address", column: "f.fixed_ip_address", type: .inet),
            ListColumn("router_id", column: "f.router_id", type: .uuid),
            ListColumn("status", column: "f.status", type: .text),
        ] + ListColumn.tags(column: "f.tags")
    )
}

extension ListColumns {
    /// What forwardings can be filtered and sorted by; a range of several ports has no `external_port`.
    ///
    /// Source: Networking API v2.0, "Floating IPs port forwarding".
    static let portForwardings = ListColumns(
        from: "port_forwardings AS p",
        id: "p.id",
        [
            ListColumn("protocol", column: "p.protocol", type: .text),
            ListColumn("internal_port_id", column: "p.internal_port_id", type: .uuid),
            ListColumn("description", column: "p.description", type: .text),
            ListColumn(
                "external_port",
                column: """
                    CASE WHEN upper(p.external_ports) - lower(p.external_ports) = 1 THEN lower(p.external_ports) END
                    """,
                type: .integer
            ),
            ListColumn(
                "external_port_range",
                column: "lower(p.external_ports) || ':' || upper(p.external_ports) - 1",
                type: .text
            ),
        ]
    )
}

extension FloatingIPError {
    /// Makes a list, and its refusal this room's.
    static func listing<Item>(_ list: () async throws(ListError) -> Page<Item>) async throws -> Page<Item> {
        do throws(ListError) {
            return try await list()
        } catch {
            switch error {
            case .unknownField, .unsortableField, .badValue: throw FloatingIPError.invalidInput(error.description)
            case .badLimit: throw FloatingIPError.badRequest(error.description)
            case .markerNotFound(let marker): throw FloatingIPError.markerNotFound(marker)
            case .database(let error): throw FloatingIPError(error) ?? error
            }
        }
    }
}
