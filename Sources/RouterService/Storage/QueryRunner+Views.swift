internal import Listing
internal import Postgres
internal import ResourceModel

/// A router with its compatible gateway and zone, in one row; the few that have more say so.
enum RouterViewRow {
    static let columns: SQL = """
        \(RouterRow.columns), a.availability_zone, l.port_id, l.role, l.enable_snat, p.network_id, p.mac_address,
        p.subnet_ids, p.ip_addresses,
        EXISTS (SELECT FROM router_ports x WHERE x.router_id = r.id AND x.role = 'extra_gateway')
            OR EXISTS (SELECT FROM conntrack_helpers h WHERE h.router_id = r.id) AS has_more
        """
    static let tables: SQL = """
        routers r LEFT JOIN agents a ON a.id = r.agent_id
        LEFT JOIN router_ports l ON l.router_id = r.id AND l.role = 'gateway'
        LEFT JOIN ports p ON p.id = l.port_id
        """

    static func read(_ row: Row) throws(PostgresError) -> (view: RouterView, hasMore: Bool) {
        // Project and revision stand twice, the router's first; a router's port shows neither.
        var gateway: RouterPort?
        if try row.column("network_id", as: NetworkID?.self) != nil {
            gateway = RouterPort(try PortRow.read(row, id: "port_id"), role: .gateway)
            gateway?.enablesSNAT = try row.column("enable_snat")
        }
        let view = RouterView(
            router: try RouterRow.read(row),
            gateway: gateway,
            availabilityZone: try row.column("availability_zone")
        )
        return (view, try row.column("has_more"))
    }
}

extension QueryRunner {
    /// Routers with the further gateways and the helpers of those that have some.
    func complete(_ rows: [(view: RouterView, hasMore: Bool)]) async throws(PostgresError) -> [RouterView] {
        let ids = rows.filter { $0.hasMore }.map { $0.view.router.id }
        guard !ids.isEmpty else { return rows.map { $0.view } }
        let ports = try await ports(ofRouters: ids)
        let helpers = try await conntrackHelpers(ofRouters: ids)
        return rows.map { row in
            var view = row.view
            view.extraGateways = (ports[view.router.id] ?? []).filter { $0.role == .extraGateway }
            view.helpers = helpers[view.router.id] ?? []
            return view
        }
    }
}

extension QueryRunner {
    /// The router with its gateway and zone; nil when there is none.
    func view(_ id: RouterID) async throws(PostgresError) -> RouterView? {
        let rows = try await query("SELECT \(RouterViewRow.columns) FROM \(RouterViewRow.tables) WHERE r.id = \(id)")
        return try await complete(try rows.map(RouterViewRow.read)).first
    }

    /// The routers on an agent, by id.
    func views(on agent: AgentID) async throws(PostgresError) -> [RouterView] {
        let rows = try await query(
            """
            SELECT \(RouterViewRow.columns) FROM \(RouterViewRow.tables) WHERE r.agent_id = \(agent) ORDER BY r.id
            """
        )
        return try await complete(try rows.map(RouterViewRow.read))
    }
}

/// What lists of routers can be filtered and sorted by.
enum RouterList {
    static let columns = ListColumns(
        from: RouterViewRow.tables,
        id: "r.id",
        [
            ListColumn("project_id", column: "r.project_id", type: .text),
            ListColumn("tenant_id", column: "r.project_id", type: .text),
            ListColumn("name", column: "r.name", type: .text),
            ListColumn("description", column: "r.description", type: .text, isSortable: false),
            ListColumn("admin_state_up", column: "r.admin_state_up", type: .boolean),
            ListColumn("status", column: "r.status", type: .text),
            ListColumn("enable_ndp_proxy", column: "r.enable_ndp_proxy", type: .boolean),
            ListColumn("revision_number", column: "r.revision_number", type: .integer),
            ListColumn("flavor_id", column: "r.flavor_id", type: .text),
            ListColumn("created_at", column: "r.created_at", type: .timestamptz, isFilterable: false),
            ListColumn("updated_at", column: "r.updated_at", type: .timestamptz, isFilterable: false),
        ] + ListColumn.tags(column: "r.tags")
    )
}

/// What lists of agents can be filtered and sorted by.
enum AgentList {
    static let columns = ListColumns(
        from: "agents a",
        id: "a.id",
        [
            ListColumn("host", column: "a.host", type: .text),
            ListColumn("availability_zone", column: "a.availability_zone", type: .text),
            ListColumn("admin_state_up", column: "a.admin_state_up", type: .boolean),
            ListColumn("alive", column: "(a.lease_until > now())", type: .boolean),
            ListColumn("description", column: "a.description", type: .text),
            // The same for all agents, yet clients ask.
            ListColumn("agent_type", column: "'L3 agent'::text", type: .text),
            ListColumn("binary", column: "'sluice-agent'::text", type: .text),
            ListColumn("topic", column: "'l3_agent'::text", type: .text),
            ListColumn("created_at", column: "a.created_at", type: .timestamptz, isFilterable: false),
            ListColumn("started_at", column: "a.started_at", type: .timestamptz, isFilterable: false),
            ListColumn("heartbeat_timestamp", column: "a.heartbeat_at", type: .timestamptz, isFilterable: false),
        ]
    )
}

extension QueryRunner {
    /// A page of routers: a project's, or with nil of all.
    func views(_ query: ListQuery, ofProject project: String?) async throws -> Page<RouterView> {
        let page = try await listing { () async throws(ListError) in
            try await RouterList.columns.page(
                query,
                selecting: RouterViewRow.columns,
                where: project.map { "r.project_id = \($0)" },
                in: self,
                RouterViewRow.read
            )
        }
        return Page(items: try await complete(page.items), isFull: page.isFull)
    }

    /// A page of a router's conntrack helpers.
    func conntrackHelpers(_ query: ListQuery, of router: RouterID) async throws -> Page<ConntrackHelper> {
        try await listing { () async throws(ListError) in
            try await ConntrackHelperList.columns.page(
                query,
                selecting: ConntrackHelperRow.columns,
                where: "h.router_id = \(router)",
                in: self,
                ConntrackHelperRow.read
            )
        }
    }

    /// A page of agents.
    func agents(_ query: ListQuery) async throws -> Page<Agent> {
        try await listing { () async throws(ListError) in
            try await AgentList.columns.page(query, selecting: AgentRow.columns, in: self, AgentRow.read)
        }
    }

    private func listing<Item>(_ list: () async throws(ListError) -> Page<Item>) async throws -> Page<Item> {
        do {
            return try await list()
        } catch {
            switch error {
            case .unknownField, .unsortableField, .badValue, .badLimit:
                throw RouterError.invalidInput(error.description)
            case .markerNotFound(let marker): throw RouterError.markerNotFound(marker)
            case .database(let error): throw error
            }
        }
    }
}
