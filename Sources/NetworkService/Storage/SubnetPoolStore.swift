internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on subnet pools.
struct SubnetPoolStore: Sendable {
    let source: any QueryRunner

    func pool(_ id: SubnetPoolID, visibleTo caller: RequestContext) async throws -> SubnetPool? {
        try await source.first(
            """
            SELECT \(SubnetPool.columns(for: caller)) FROM subnet_pools o
            WHERE o.id = \(id) AND \(Visibility(caller: caller).ofSubnetPools)
            """,
            SubnetPool.init(row:)
        )
    }

    /// Lets nobody else at the pool, and no subnet take a block of it.
    func poolForUpdate(_ id: SubnetPoolID, visibleTo caller: RequestContext) async throws -> SubnetPool? {
        try await source.first(
            """
            SELECT \(SubnetPool.columns(for: caller)) FROM subnet_pools o
            WHERE o.id = \(id) AND \(Visibility(caller: caller).ofSubnetPools) FOR UPDATE OF o
            """,
            SubnetPool.init(row:)
        )
    }

    /// A family's default pool, if the caller may use it.
    func defaultPool(of version: IPVersion, visibleTo caller: RequestContext) async throws -> SubnetPoolID? {
        try await source.first(
            """
            SELECT o.id FROM subnet_pools o
            WHERE o.is_default AND o.ip_version = \(version.rawValue) AND \(Visibility(caller: caller).ofSubnetPools)
            """
        ) { row throws(PostgresError) in try row.column(0) }
    }

    func list(_ query: ListQuery, visibleTo caller: RequestContext) async throws -> Page<SubnetPool> {
        try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.subnetPools(for: caller).page(
                query,
                selecting: SubnetPool.columns(for: caller),
                where: Visibility(caller: caller).ofSubnetPools,
                in: source,
                SubnetPool.init(row:)
            )
        }
    }

    /// Puts a pool in; nil when its id is taken.
    ///
    /// - Throws: `invalidInput` for a family's second default.
    func insert(_ pool: SubnetPool) async throws -> SubnetPool? {
        let history: History?
        do throws(PostgresError) {
            history = try await source.first(insertion(of: pool), History.init(row:))
        } catch {
            throw Self.refusal(of: error, for: pool)
        }
        guard let history else { return nil }
        var stored = pool
        stored.history = history
        return stored
    }

    private func insertion(of pool: SubnetPool) -> SQL {
        """
        INSERT INTO subnet_pools (
            id, project_id, name, description, tags, ip_version, prefixes, default_prefixlen, min_prefixlen,
            max_prefixlen, default_quota, address_scope_id, is_default, shared)
        VALUES (
            \(pool.id), \(pool.projectID), \(pool.labels.name), \(pool.labels.description), \(pool.labels.tags),
            \(pool.version.rawValue), \(pool.prefixes), \(pool.lengths.standard), \(pool.lengths.shortest),
            \(pool.lengths.longest), \(pool.quota), \(pool.scopeID), \(pool.isDefault), \(pool.isShared))
        ON CONFLICT (id) DO NOTHING
        RETURNING created_at, updated_at, revision_number
        """
    }

    /// Writes all that can change, as one more revision, and gives what it is now.
    ///
    /// - Throws: As `insert`.
    func update(_ pool: SubnetPool) async throws -> SubnetPool {
        var stored = pool
        do throws(PostgresError) {
            for row in try await source.query(change(to: pool)) { stored.history = try History(row: row) }
        } catch {
            throw Self.refusal(of: error, for: pool)
        }
        return stored
    }

    private func change(to pool: SubnetPool) -> SQL {
        """
        UPDATE subnet_pools SET
            name = \(pool.labels.name), description = \(pool.labels.description), tags = \(pool.labels.tags),
            prefixes = \(pool.prefixes), default_prefixlen = \(pool.lengths.standard),
            min_prefixlen = \(pool.lengths.shortest), max_prefixlen = \(pool.lengths.longest),
            default_quota = \(pool.quota), address_scope_id = \(pool.scopeID), is_default = \(pool.isDefault),
            updated_at = now(), revision_number = revision_number + 1
        WHERE id = \(pool.id)
        RETURNING created_at, updated_at, revision_number
        """
    }

    func delete(_ id: SubnetPoolID) async throws {
        _ = try await source.query("DELETE FROM subnet_pools WHERE id = \(id)")
    }

    private static func refusal(of error: PostgresError, for pool: SubnetPool) -> any Error {
        guard error.serverError?.constraint == "subnet_pools_default_key" else { return error }
        return NetworkError.invalidInput(
            "there is a default subnet pool of IP version \(pool.version.rawValue) already"
        )
    }
}
