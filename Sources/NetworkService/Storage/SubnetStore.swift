internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on subnets and their pools.
struct SubnetStore: Sendable {
    let source: any QueryRunner

    func subnet(_ id: SubnetID, visibleTo caller: RequestContext) async throws -> Subnet? {
        try await source.first(
            """
            SELECT \(Subnet.columns) FROM subnets s JOIN networks n ON n.id = s.network_id
            WHERE s.id = \(id) AND \(Visibility(caller: caller).ofSubnets)
            """,
            Subnet.init(row:)
        )
    }

    /// Lets nobody else at the subnet, and no address of it be allocated or let go.
    func subnetForUpdate(_ id: SubnetID, visibleTo caller: RequestContext) async throws -> Subnet? {
        try await source.first(
            """
            SELECT \(Subnet.columns) FROM subnets s JOIN networks n ON n.id = s.network_id
            WHERE s.id = \(id) AND \(Visibility(caller: caller).ofSubnets) FOR UPDATE OF s
            """,
            Subnet.init(row:)
        )
    }

    /// All of a network, oldest first, and others by id; none of them goes or gets other pools before the
    /// transaction's end.
    func subnetsForKeyShare(of network: NetworkID, and others: [SubnetID] = []) async throws -> [Subnet] {
        try await source.all(
            """
            SELECT \(Subnet.columns) FROM subnets s JOIN networks n ON n.id = s.network_id
            WHERE s.network_id = \(network) OR s.id = ANY(\(others)::uuid[])
            ORDER BY s.created_at, s.id FOR KEY SHARE OF s
            """,
            Subnet.init(row:)
        )
    }

    /// All of a network, oldest first.
    func all(of network: NetworkID) async throws -> [Subnet] {
        try await source.all(
            """
            SELECT \(Subnet.columns) FROM subnets s JOIN networks n ON n.id = s.network_id
            WHERE s.network_id = \(network) ORDER BY s.created_at, s.id
            """,
            Subnet.init(row:)
        )
    }

    /// Blocks of a network's subnets.
    func prefixes(of network: NetworkID) async throws -> [(id: SubnetID, prefix: CIDR)] {
        try await source.all("SELECT id, cidr FROM subnets WHERE network_id = \(network)") {
            row throws(PostgresError) in (try row.column(0), try row.column(1))
        }
    }

    func subnets(_ ids: [SubnetID]) async throws -> [Subnet] {
        try await source.all(
            """
            SELECT \(Subnet.columns) FROM subnets s JOIN networks n ON n.id = s.network_id
            WHERE s.id = ANY(\(ids)) ORDER BY s.id
            """,
            Subnet.init(row:)
        )
    }

    /// The next subnets after an id, in the order of their ids.
    func subnets(after id: SubnetID?, limit: Int) async throws -> [Subnet] {
        try await source.all(
            """
            SELECT \(Subnet.columns) FROM subnets s JOIN networks n ON n.id = s.network_id
            WHERE \(id)::uuid IS NULL OR s.id > \(id)::uuid ORDER BY s.id LIMIT \(limit)
            """,
            Subnet.init(row:)
        )
    }

    /// Puts a subnet in, with its pools; nil when its id is taken.
    func insert(_ subnet: Subnet) async throws -> Subnet? {
        guard let history = try await source.first(insertion(of: subnet), History.init(row:)) else { return nil }
        try await insertPools(of: subnet)
        var stored = subnet
        stored.history = history
        return stored
    }

    private func insertion(of subnet: Subnet) -> SQL {
        """
        INSERT INTO subnets (
            id, project_id, name, description, tags, network_id, ip_version, cidr, gateway_ip, enable_dhcp,
            dns_nameservers, host_route_destinations, host_route_nexthops, ipv6_ra_mode, ipv6_address_mode,
            service_types, segment_id, dns_publish_fixed_ip, subnetpool_id)
        VALUES (
            \(subnet.id), \(subnet.projectID), \(subnet.labels.name), \(subnet.labels.description),
            \(subnet.labels.tags), \(subnet.networkID), \(subnet.version.rawValue), \(subnet.prefix),
            \(subnet.gateway), \(subnet.isDHCPEnabled), \(subnet.nameServers),
            \(subnet.hostRoutes.map(\.destination)), \(subnet.hostRoutes.map(\.nextHop)),
            \(subnet.ipv6RAMode?.rawValue ?? ""), \(subnet.ipv6AddressMode?.rawValue ?? ""), \(subnet.serviceTypes),
            \(subnet.segmentID), \(subnet.publishesFixedAddresses), \(subnet.subnetPoolID))
        ON CONFLICT (id) DO NOTHING
        RETURNING created_at, updated_at, revision_number
        """
    }

    /// Writes all that can change, as one more revision, and gives what it is now.
    func update(_ subnet: Subnet) async throws -> Subnet {
        var stored = subnet
        let rows = try await source.query(
            """
            UPDATE subnets SET
                name = \(subnet.labels.name), description = \(subnet.labels.description),
                tags = \(subnet.labels.tags), gateway_ip = \(subnet.gateway), enable_dhcp = \(subnet.isDHCPEnabled),
                dns_nameservers = \(subnet.nameServers),
                host_route_destinations = \(subnet.hostRoutes.map(\.destination)),
                host_route_nexthops = \(subnet.hostRoutes.map(\.nextHop)), service_types = \(subnet.serviceTypes),
                segment_id = \(subnet.segmentID), dns_publish_fixed_ip = \(subnet.publishesFixedAddresses),
                updated_at = now(), revision_number = revision_number + 1
            WHERE id = \(subnet.id)
            RETURNING created_at, updated_at, revision_number
            """
        )
        for row in rows { stored.history = try History(row: row) }
        return stored
    }

    /// Puts other pools in the place of a subnet's; what is free in them is found anew.
    ///
    /// Needs `subnetForUpdate`.
    func replacePools(of subnet: Subnet) async throws {
        _ = try await source.query("DELETE FROM free_addresses WHERE subnet_id = \(subnet.id)")
        _ = try await source.query("DELETE FROM allocation_pools WHERE subnet_id = \(subnet.id)")
        try await insertPools(of: subnet)
    }

    private func insertPools(of subnet: Subnet) async throws {
        let firsts = subnet.pools.map(\.first)
        let lasts = subnet.pools.map(\.last)
        _ = try await source.query(
            """
            INSERT INTO allocation_pools (subnet_id, first_address, last_address, next_address)
            SELECT \(subnet.id), first, last, first FROM unnest(\(firsts)::inet[], \(lasts)::inet[]) p (first, last)
            """
        )
    }

    func delete(_ id: SubnetID) async throws {
        _ = try await source.query("DELETE FROM subnets WHERE id = \(id)")
    }
}
