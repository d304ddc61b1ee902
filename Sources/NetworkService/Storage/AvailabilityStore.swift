internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on how full networks are.
struct AvailabilityStore: Sendable {
    let source: any QueryRunner

    /// The networks that the filters meet, all at once, in the order asked for.
    ///
    /// A filter on `ip_version` is about the subnets that are told of; a network is listed with none as well.
    func list(_ query: ListQuery) async throws -> [NetworkIPAvailability] {
        var whole = query
        whole.limit = nil
        whole.filters.removeAll { $0.field == Self.family }
        let families = query.filters.filter { $0.field == Self.family }
            .map { $0.values.compactMap { Int($0) }.filter { $0 == 4 || $0 == 6 } }
        let wanted = whole
        let networks = try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.availabilities.page(
                wanted,
                selecting: "n.id, n.name, n.project_id",
                in: source,
                NetworkIPAvailability.init(networkRow:)
            )
        }.items
        let told = try await subnets(of: networks.map(\.networkID), in: families.first)
        let subnets = Dictionary(grouping: told, by: \.networkID)
        return networks.map { network in
            var network = network
            network.subnets = subnets[network.networkID]?.map(\.availability) ?? []
            return network
        }
    }

    private static let family = "ip_version"

    /// The subnets of networks, of the families or of all.
    private func subnets(of networks: [NetworkID], in families: [Int]?) async throws -> [SubnetAvailabilityRow] {
        if networks.isEmpty { return [] }
        return try await source.all(
            """
            SELECT s.network_id, s.id, s.name, s.cidr,
                ARRAY(SELECT l.first_address FROM allocation_pools l WHERE l.subnet_id = s.id ORDER BY l.first_address)
                    AS pool_firsts,
                ARRAY(SELECT l.last_address FROM allocation_pools l WHERE l.subnet_id = s.id ORDER BY l.first_address)
                    AS pool_lasts,
                (SELECT count(*) FROM ip_allocations a WHERE a.subnet_id = s.id) AS used,
                (SELECT count(*) FROM ip_allocations a JOIN allocation_pools l
                    ON l.subnet_id = a.subnet_id AND a.ip_address BETWEEN l.first_address AND l.last_address
                    WHERE a.subnet_id = s.id) AS used_in_pools
            FROM subnets s WHERE s.network_id = ANY(\(networks)) AND (\(families == nil) OR family(s.cidr) = ANY(\(families ?? [])))
            ORDER BY s.created_at, s.id
            """,
            SubnetAvailabilityRow.init(row:)
        )
    }
}

/// A subnet's row with what is used of it.
private struct SubnetAvailabilityRow {
    var networkID: NetworkID
    var availability: NetworkIPAvailability.OfSubnet

    init(row: Row) throws(PostgresError) {
        networkID = try row.column("network_id")
        let firsts: [IPAddress] = try row.column("pool_firsts")
        let lasts: [IPAddress] = try row.column("pool_lasts")
        availability = NetworkIPAvailability.OfSubnet(
            subnetID: try row.column("id"),
            name: try row.column("name"),
            prefix: try row.column("cidr"),
            pools: zip(firsts, lasts).compactMap { AddressRange(first: $0, last: $1) },
            used: try row.column("used"),
            usedInPools: try row.column("used_in_pools")
        )
    }
}

extension NetworkIPAvailability {
    fileprivate init(networkRow row: Row) throws(PostgresError) {
        self.init(
            networkID: try row.column("id"),
            networkName: try row.column("name"),
            projectID: try row.column("project_id"),
            subnets: []
        )
    }
}

extension ListColumns {
    fileprivate static let availabilities = ListColumns(
        from: "networks AS n",
        id: "n.id",
        [
            ListColumn("network_id", column: "n.id", type: .uuid),
            ListColumn("network_name", column: "n.name", type: .text),
            ListColumn("project_id", column: "n.project_id", type: .text),
        ]
    )
}
