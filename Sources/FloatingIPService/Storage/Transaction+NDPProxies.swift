internal import Addressing
internal import ChangeFeed
internal import Listing
internal import Postgres
internal import ResourceModel

/// An NDP proxy's columns in words, and how to read them.
enum NDPProxyRow {
    static let columns: SQL = """
        n.id, n.project_id, n.name, n.description, n.router_id, n.network_id, n.port_id, n.ip_address, n.subnet_id,
        n.revision_number, n.created_at, n.updated_at
        """

    static func read(_ row: Row) throws(PostgresError) -> NDPProxy {
        let target = NDPProxy.Target(
            portID: try row.column("port_id"),
            address: try row.column("ip_address"),
            subnetID: try row.column("subnet_id")
        )
        let way = ProxyWay(routerID: try row.column("router_id"), networkID: try row.column("network_id"))
        return NDPProxy(
            id: try row.column("id"),
            projectID: try row.column("project_id"),
            name: try row.column("name"),
            description: try row.column("description"),
            target: target,
            way: way,
            revision: try row.column("revision_number"),
            createdAt: try row.column("created_at"),
            updatedAt: try row.column("updated_at")
        )
    }
}

extension ListColumns {
    /// What NDP proxies can be filtered and sorted by.
    ///
    /// Source: Networking API v2.0, "NDP proxies".
    static let proxies = ListColumns(
        from: "ndp_proxies AS n",
        id: "n.id",
        [
            ListColumn("project_id", column: "n.project_id", type: .text),
            ListColumn("name", column: "n.name", type: .text),
            ListColumn("description", column: "n.description", type: .text, isSortable: false),
            ListColumn("router_id", column: "n.router_id", type: .uuid),
            ListColumn("port_id", column: "n.port_id", type: .uuid),
            ListColumn("ip_address", column: "n.ip_address", type: .inet),
            ListColumn("revision_number", column: "n.revision_number", type: .integer, isSortable: false),
        ]
    )
}

extension FloatingIPStore {
    /// The kind of the feed's entries about NDP proxies.
    ///
    /// An entry's scope is the router that it matters to.
    static let proxyKind = "ndp_proxy"

    /// A page of what a project may see; nil is everything.
    func proxies(_ query: ListQuery, ofProject project: String?) async throws -> Page<NDPProxy> {
        let visible: SQL? = project.map { $0.isEmpty ? "FALSE" : "n.project_id = \($0)" }
        return try await FloatingIPError.listing { () async throws(ListError) in
            try await ListColumns.proxies.page(
                query,
                selecting: NDPProxyRow.columns,
                where: visible,
                in: database,
                NDPProxyRow.read
            )
        }
    }

    /// Tells the nodes of its router of a new proxy.
    func announce(_ proxy: NDPProxy, in transaction: Transaction) async throws(PostgresError) {
        try await append(proxy, proxy.revision, isDeleted: false, in: transaction)
    }

    /// Tells the nodes of its router that a proxy is gone.
    func announceRemoval(_ proxy: NDPProxy, in transaction: Transaction) async throws(PostgresError) {
        try await append(proxy, proxy.revision + 1, isDeleted: true, in: transaction)
    }

    private func append(
        _ proxy: NDPProxy,
        _ revision: Revision,
        isDeleted: Bool,
        in transaction: Transaction
    ) async throws(PostgresError) {
        let change = FeedChange(
            kind: Self.proxyKind,
            id: proxy.id,
            scope: proxy.way.routerID.description,
            revision: revision,
            isDeleted: isDeleted
        )
        try await feed.append(change, in: transaction)
    }
}

extension QueryRunner {
    /// The proxy as it is; nil when there is none.
    func proxy(_ id: NDPProxyID) async throws(PostgresError) -> NDPProxy? {
        try await query("SELECT \(NDPProxyRow.columns) FROM ndp_proxies n WHERE n.id = \(id)").first
            .map(NDPProxyRow.read)
    }

    /// The proxies that exist of these, in no order.
    func proxies(_ ids: [NDPProxyID]) async throws(PostgresError) -> [NDPProxy] {
        try await query("SELECT \(NDPProxyRow.columns) FROM ndp_proxies n WHERE n.id = ANY(\(ids)::uuid[])")
            .map(NDPProxyRow.read)
    }

    /// The proxies for addresses of a port, in the order of ids.
    func proxies(ofPort port: PortID) async throws(PostgresError) -> [NDPProxy] {
        try await query("SELECT \(NDPProxyRow.columns) FROM ndp_proxies n WHERE n.port_id = \(port) ORDER BY n.id")
            .map(NDPProxyRow.read)
    }

    /// The proxies on a router, in no order.
    func proxies(onRouter router: RouterID) async throws(PostgresError) -> [NDPProxy] {
        try await query("SELECT \(NDPProxyRow.columns) FROM ndp_proxies n WHERE n.router_id = \(router)")
            .map(NDPProxyRow.read)
    }
}

extension Transaction {
    /// Locks a proxy, and reads it.
    func proxyForUpdate(_ id: NDPProxyID) async throws(PostgresError) -> NDPProxy? {
        try await query("SELECT \(NDPProxyRow.columns) FROM ndp_proxies n WHERE n.id = \(id) FOR UPDATE").first
            .map(NDPProxyRow.read)
    }

    /// Writes a new proxy and reads back what the database set; nil when one with its id exists.
    ///
    /// Throws `FloatingIPError.conflict` when another answers for the address there, and `PostgresError`.
    func insert(_ new: NDPProxy) async throws -> NDPProxy? {
        do throws(PostgresError) {
            return try await query(
                """
                INSERT INTO ndp_proxies AS n (id, project_id, name, description, router_id, network_id, port_id,
                    ip_address, subnet_id)
                VALUES (\(new.id), \(new.projectID), \(new.name), \(new.description), \(new.way.routerID),
                    \(new.way.networkID), \(new.target.portID), \(new.target.address), \(new.target.subnetID))
                ON CONFLICT ON CONSTRAINT ndp_proxies_pkey DO NOTHING
                RETURNING \(NDPProxyRow.columns)
                """
            ).first.map(NDPProxyRow.read)
        } catch {
            guard error.serverError?.constraint == "ndp_proxies_address_key" else { throw error }
            throw FloatingIPError.conflict(
                "address \(new.target.address) has an NDP proxy on network \(new.way.networkID) already"
            )
        }
    }

    /// Writes what can change, gives it the next revision, and reads back what the database set.
    func update(_ proxy: NDPProxy) async throws(PostgresError) -> NDPProxy {
        let rows = try await query(
            """
            UPDATE ndp_proxies AS n SET name = \(proxy.name), description = \(proxy.description),
                revision_number = revision_number + 1, updated_at = now()
            WHERE n.id = \(proxy.id) RETURNING \(NDPProxyRow.columns)
            """
        )
        return try rows.first.map(NDPProxyRow.read) ?? proxy
    }

    /// Removes a proxy.
    func delete(_ proxy: NDPProxy) async throws(PostgresError) {
        try await execute("DELETE FROM ndp_proxies WHERE id = \(proxy.id)")
    }
}
