internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on address scopes (`a`).
struct AddressScopeStore: Sendable {
    let source: any QueryRunner

    func scope(_ id: AddressScopeID, visibleTo caller: RequestContext) async throws -> AddressScope? {
        try await source.first(
            """
            SELECT \(AddressScope.columns(for: caller)) FROM address_scopes a
            WHERE a.id = \(id) AND \(Visibility(caller: caller).ofAddressScopes)
            """,
            AddressScope.init(row:)
        )
    }

    /// Lets nobody else at the scope, and no pool join it.
    func scopeForUpdate(_ id: AddressScopeID, visibleTo caller: RequestContext) async throws -> AddressScope? {
        try await source.first(
            """
            SELECT \(AddressScope.columns(for: caller)) FROM address_scopes a
            WHERE a.id = \(id) AND \(Visibility(caller: caller).ofAddressScopes) FOR UPDATE OF a
            """,
            AddressScope.init(row:)
        )
    }

    func list(_ query: ListQuery, visibleTo caller: RequestContext) async throws -> Page<AddressScope> {
        try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.addressScopes(for: caller).page(
                query,
                selecting: AddressScope.columns(for: caller),
                where: Visibility(caller: caller).ofAddressScopes,
                in: source,
                AddressScope.init(row:)
            )
        }
    }

    /// Puts a scope in; nil when its id is taken.
    func insert(_ scope: AddressScope) async throws -> AddressScope? {
        let history = try await source.first(
            """
            INSERT INTO address_scopes (id, project_id, name, ip_version, shared)
            VALUES (\(scope.id), \(scope.projectID), \(scope.name), \(scope.version.rawValue), \(scope.isShared))
            ON CONFLICT (id) DO NOTHING
            RETURNING created_at, updated_at, revision_number
            """,
            History.init(row:)
        )
        guard let history else { return nil }
        var stored = scope
        stored.history = history
        return stored
    }

    /// Writes all that can change, as one more revision, and gives what it is now.
    func update(_ scope: AddressScope) async throws -> AddressScope {
        var stored = scope
        let rows = try await source.query(
            """
            UPDATE address_scopes SET
                name = \(scope.name), shared = \(scope.isShared), updated_at = now(),
                revision_number = revision_number + 1
            WHERE id = \(scope.id)
            RETURNING created_at, updated_at, revision_number
            """
        )
        for row in rows { stored.history = try History(row: row) }
        return stored
    }

    /// Whether a pool is in the scope.
    func isInUse(_ id: AddressScopeID) async throws -> Bool {
        try await !source.query("SELECT 1 FROM subnet_pools WHERE address_scope_id = \(id) LIMIT 1").isEmpty
    }

    func delete(_ id: AddressScopeID) async throws {
        _ = try await source.query("DELETE FROM address_scopes WHERE id = \(id)")
    }
}

extension AddressScope {
    static func columns(for caller: RequestContext) -> SQL {
        """
        a.id, a.project_id, a.name, a.created_at, a.updated_at, a.revision_number, a.ip_version,
        \(Visibility(caller: caller).isSharedAddressScope) AS is_shared
        """
    }

    init(row: Row) throws(PostgresError) {
        self.init(
            id: try row.column("id"),
            projectID: try row.column("project_id"),
            name: try row.column("name"),
            history: try History(row: row),
            version: IPVersion(rawValue: try row.column("ip_version")) ?? .v4,
            isShared: try row.column("is_shared")
        )
    }
}

extension ListColumns {
    static func addressScopes(for caller: RequestContext) -> ListColumns {
        ListColumns(
            from: "address_scopes AS a",
            id: "a.id",
            [
                ListColumn("name", column: "a.name", type: .text),
                ListColumn("project_id", column: "a.project_id", type: .text),
                ListColumn("ip_version", column: "a.ip_version", type: .integer),
                ListColumn(
                    "shared",
                    column: Visibility(caller: caller).isSharedAddressScope,
                    type: .boolean,
                    isSortable: false
                ),
            ]
        )
    }
}
