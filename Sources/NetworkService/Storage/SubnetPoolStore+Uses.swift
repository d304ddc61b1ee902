internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// What pools, scopes and subnets mean to each other.
extension SubnetPoolStore {
    /// The blocks that subnets have of the pool, each with the subnet's owner.
    ///
    /// Needs `poolForUpdate`.
    func blocks(of pool: SubnetPoolID) async throws -> [(prefix: CIDR, projectID: String)] {
        try await source.all(
            "SELECT cidr, project_id FROM subnets WHERE subnetpool_id = \(pool) ORDER BY cidr"
        ) { row throws(PostgresError) in (try row.column(0), try row.column(1)) }
    }

    /// A prefix of another pool of the scope that shares addresses with some of these, if there is one.
    ///
    /// Needs `scopeForUpdate`.
    func overlap(
        with prefixes: [CIDR],
        in scope: AddressScopeID,
        besides pool: SubnetPoolID
    ) async throws -> CIDR? {
        try await source.first(
            """
            SELECT theirs FROM subnet_pools o, unnest(o.prefixes) theirs, unnest(\(prefixes)::cidr[]) ours
            WHERE o.address_scope_id = \(scope) AND o.id <> \(pool) AND theirs && ours LIMIT 1
            """
        ) { row throws(PostgresError) in try row.column(0) }
    }

    /// The pools that a network's subnets of a family are of, each with its scope.
    func pools(
        ofNetwork network: NetworkID,
        _ version: IPVersion
    ) async throws -> [(id: SubnetPoolID, scopeID: AddressScopeID?)] {
        try await source.all(
            """
            SELECT DISTINCT o.id, o.address_scope_id FROM subnets s JOIN subnet_pools o ON o.id = s.subnetpool_id
            WHERE s.network_id = \(network) AND s.ip_version = \(version.rawValue)
            """
        ) { row throws(PostgresError) in (try row.column(0), try row.column(1)) }
    }

    /// Whether a network with a subnet of the pool has one of another pool of the family as well.
    func sharesNetworks(_ pool: SubnetPool) async throws -> Bool {
        try await !source.query(
            """
            SELECT 1 FROM subnets s JOIN subnets t ON t.network_id = s.network_id AND t.ip_version = s.ip_version
            WHERE s.subnetpool_id = \(pool.id) AND t.subnetpool_id <> s.subnetpool_id LIMIT 1
            """
        ).isEmpty
    }

    /// One more revision of each network that has a subnet of the pool, as when the pool's scope changes.
    func touchNetworks(of pool: SubnetPoolID) async throws -> [(id: NetworkID, revision: Revision)] {
        try await source.all(
            """
            UPDATE networks SET updated_at = now(), revision_number = revision_number + 1
            WHERE id IN (SELECT network_id FROM subnets WHERE subnetpool_id = \(pool)) RETURNING id, revision_number
            """
        ) { row throws(PostgresError) in (try row.column(0), try row.column(1)) }
    }

    /// Takes a network's subnets of a family that are of no pool into one, as one more revision of each.
    func onboard(
        _ subnets: [SubnetID],
        into pool: SubnetPoolID
    ) async throws -> [(id: SubnetID, revision: Revision)] {
        try await source.all(
            """
            UPDATE subnets SET subnetpool_id = \(pool), updated_at = now(), revision_number = revision_number + 1
            WHERE id = ANY(\(subnets)::uuid[]) RETURNING id, revision_number
            """
        ) { row throws(PostgresError) in (try row.column(0), try row.column(1)) }
    }
}
