internal import Listing
internal import Postgres
internal import ResourceModel

extension QueryRunner {
    /// The router as it is; nil when there is none.
    func router(_ id: RouterID) async throws(PostgresError) -> Router? {
        try await query("SELECT \(RouterRow.columns) FROM routers r WHERE r.id = \(id)").first.map(RouterRow.read)
    }

    /// A router with its ports and the subnets its rules are about.
    func topology(_ id: RouterID) async throws(PostgresError) -> Topology? {
        guard let router = try await router(id) else { return nil }
        return try await topologies([router]).first
    }

    /// The same for many routers, in their order, with three reads in all.
    func topologies(_ routers: [Router]) async throws(PostgresError) -> [Topology] {
        let ports = try await ports(ofRouters: routers.map(\.id))
        let subnets = try await subnets(around: ports.values.flatMap { $0 })
        return routers.map { router in
            var topology = Topology(router: router, ports: ports[router.id] ?? [])
            let wanted = Set(topology.ports.flatMap(\.subnetIDs))
            for subnet in subnets where wanted.contains(subnet.id) || topology.leads(to: subnet.networkID) {
                topology.subnets[subnet.id] = subnet
            }
            return topology
        }
    }

    /// The ports of routers, oldest first.
    func ports(ofRouters ids: [RouterID]) async throws(PostgresError) -> [RouterID: [RouterPort]] {
        let rows = try await query(
            """
            SELECT \(RouterPortRow.columns) FROM router_ports l JOIN ports p ON p.id = l.port_id
            WHERE l.router_id = ANY(\(ids)::uuid[]) ORDER BY l.created_at, l.port_id
            """
        )
        var ports: [RouterID: [RouterPort]] = [:]
        for row in rows {
            let (router, port) = try RouterPortRow.read(row)
            ports[router, default: []].append(port)
        }
        return ports
    }

    private func subnets(around ports: [RouterPort]) async throws(PostgresError) -> [Subnet] {
        let ids = Set(ports.flatMap(\.subnetIDs))
        let external = Set(ports.filter { $0.role != .interface }.map(\.networkID))
        let rows = try await query(
            """
            SELECT \(SubnetRow.columns) FROM subnets s
            WHERE s.id = ANY(\(Array(ids))::uuid[]) OR s.network_id = ANY(\(Array(external))::uuid[])
            """
        )
        return try rows.map(SubnetRow.read)
    }

    /// The copies of networks.
    func networks(_ ids: [NetworkID]) async throws(PostgresError) -> [NetworkID: Network] {
        let rows = try await query(
            "SELECT \(NetworkRow.columns) FROM networks n WHERE n.id = ANY(\(ids)::uuid[])"
        )
        var networks: [NetworkID: Network] = [:]
        for row in rows {
            let network = try NetworkRow.read(row)
            networks[network.id] = network
        }
        return networks
    }

    /// The copy of a subnet.
    func subnet(_ id: SubnetID) async throws(PostgresError) -> Subnet? {
        try await query("SELECT \(SubnetRow.columns) FROM subnets s WHERE s.id = \(id)").first.map(SubnetRow.read)
    }

    /// The copy of a port.
    func port(_ id: PortID) async throws(PostgresError) -> Port? {
        let rows = try await query(
            """
            SELECT id, network_id, project_id, mac_address, subnet_ids, ip_addresses, revision_number FROM ports
            WHERE id = \(id)
            """
        )
        return try rows.first.map { row throws(PostgresError) in try PortRow.read(row, id: "id") }
    }

    /// What leans on a router.
    func bindings(ofRouter id: RouterID) async throws(PostgresError) -> [Binding] {
        let rows = try await query(
            """
            SELECT holder_kind, holder_id, router_id, subnet_id, external_network_id FROM bindings
            WHERE router_id = \(id)
            """
        )
        return try rows.map(BindingRow.read)
    }

    /// Routers as nodes build them, in no order.
    func nodeRouters(_ routers: [Router]) async throws(PostgresError) -> [NodeRouter] {
        let helpers = try await conntrackHelpers(ofRouters: routers.map(\.id))
        var topologies = try await topologies(routers)
        for index in topologies.indices { topologies[index].helpers = helpers[topologies[index].router.id] ?? [] }
        let networks = try await networks(Array(Set(topologies.flatMap(\.ports).map(\.networkID))))
        return topologies.map { NodeRouter($0, networks: networks) }
    }

    /// The ids of the routers placed on an agent.
    func routerIDs(on agent: AgentID) async throws(PostgresError) -> [RouterID] {
        let rows = try await query("SELECT id FROM routers WHERE agent_id = \(agent) ORDER BY id")
        return try rows.map { row throws(PostgresError) in try row.column(0) }
    }

    /// The routers placed on an agent, of the given ones.
    func routers(_ ids: [RouterID], on agent: AgentID) async throws(PostgresError) -> [Router] {
        let rows = try await query(
            """
            SELECT \(RouterRow.columns) FROM routers r
            WHERE r.agent_id = \(agent) AND r.id = ANY(\(ids)::uuid[])
            """
        )
        return try rows.map(RouterRow.read)
    }
}

enum BindingRow {
    static func read(_ row: Row) throws(PostgresError) -> Binding {
        let name = try row.column("holder_kind", as: String.self)
        guard let kind = BindingHolder.Kind(rawValue: name) else {
            throw .decoding("\"\(name)\" is no kind of holder")
        }
        return Binding(
            holder: BindingHolder(kind: kind, id: try row.column("holder_id")),
            routerID: try row.column("router_id"),
            subnetID: try row.column("subnet_id"),
            networkID: try row.column("external_network_id")
        )
    }
}
