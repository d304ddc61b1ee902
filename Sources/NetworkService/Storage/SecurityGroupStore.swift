internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on security groups.
struct SecurityGroupStore: Sendable {
    let source: any QueryRunner

    func group(_ id: SecurityGroupID, visibleTo caller: RequestContext) async throws -> SecurityGroup? {
        let groups = try await source.all(
            """
            SELECT \(SecurityGroup.columns(for: caller)) FROM security_groups g
            WHERE g.id = \(id) AND \(Visibility(caller: caller).ofSecurityGroups)
            """,
            SecurityGroup.init(row:)
        )
        return try await withRules(groups).first
    }

    /// Lets nobody else at the group, and no port take it.
    func groupForUpdate(_ id: SecurityGroupID, visibleTo caller: RequestContext) async throws -> SecurityGroup? {
        let groups = try await source.all(
            """
            SELECT \(SecurityGroup.columns(for: caller)) FROM security_groups g
            WHERE g.id = \(id) AND \(Visibility(caller: caller).ofSecurityGroups) FOR UPDATE OF g
            """,
            SecurityGroup.init(row:)
        )
        return try await withRules(groups).first
    }

    /// Lets one writer of the group's rules in at a time, and ports meanwhile.
    func groupForRules(_ id: SecurityGroupID, visibleTo caller: RequestContext) async throws -> SecurityGroup? {
        try await source.first(
            """
            SELECT \(SecurityGroup.columns(for: caller)) FROM security_groups g
            WHERE g.id = \(id) AND \(Visibility(caller: caller).ofSecurityGroups) FOR NO KEY UPDATE OF g
            """,
            SecurityGroup.init(row:)
        )
    }

    /// Those of the ids that the caller may use; none of them goes before the transaction's end.
    func groupsForKeyShare(
        _ ids: [SecurityGroupID],
        visibleTo caller: RequestContext
    ) async throws -> Set<SecurityGroupID> {
        Set(
            try await source.all(
                """
                SELECT g.id FROM security_groups g
                WHERE g.id = ANY(\(ids)) AND \(Visibility(caller: caller).ofSecurityGroups)
                ORDER BY g.id FOR KEY SHARE OF g
                """
            ) { row throws(PostgresError) in try row.column(0) }
        )
    }

    /// A project's default group, which does not go before the transaction's end; nil when there is none yet.
    func defaultForKeyShare(ofProject projectID: String) async throws -> SecurityGroupID? {
        try await source.first(
            "SELECT id FROM security_groups WHERE project_id = \(projectID) AND is_default FOR KEY SHARE"
        ) { row throws(PostgresError) in try row.column(0) }
    }

    func hasDefault(ofProject projectID: String) async throws -> Bool {
        try await !source.query("SELECT 1 FROM security_groups WHERE project_id = \(projectID) AND is_default").isEmpty
    }

    func list(_ query: ListQuery, visibleTo caller: RequestContext) async throws -> Page<SecurityGroup> {
        var page = try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.securityGroups(for: caller).page(
                query,
                selecting: SecurityGroup.columns(for: caller),
                where: Visibility(caller: caller).ofSecurityGroups,
                in: source,
                SecurityGroup.init(row:)
            )
        }
        page.items = try await withRules(page.items)
        return page
    }

    private func withRules(_ groups: [SecurityGroup]) async throws -> [SecurityGroup] {
        if groups.isEmpty { return [] }
        let rules = try await source.all(
            """
            SELECT \(SecurityGroupRule.columns) FROM security_group_rules r
            JOIN security_groups g ON g.id = r.security_group_id
            WHERE r.security_group_id = ANY(\(groups.map(\.id))) ORDER BY r.created_at, r.id
            """,
            SecurityGroupRule.init(row:)
        )
        let byGroup = Dictionary(grouping: rules, by: \.groupID)
        return groups.map { group in
            var group = group
            group.rules = byGroup[group.id] ?? []
            return group
        }
    }

    /// Puts a group in, without rules; nil when its id is taken, or the project has a default already.
    func insert(_ group: SecurityGroup) async throws -> SecurityGroup? {
        let history = try await source.first(
            """
            INSERT INTO security_groups (id, project_id, name, description, tags, stateful, is_default)
            VALUES (
                \(group.id), \(group.projectID), \(group.labels.name), \(group.labels.description),
                \(group.labels.tags), \(group.isStateful), \(group.isDefault))
            ON CONFLICT DO NOTHING
            RETURNING created_at, updated_at, revision_number
            """,
            History.init(row:)
        )
        guard let history else { return nil }
        var stored = group
        stored.history = history
        return stored
    }

    /// Writes all that can change, as one more revision, and gives what it is now.
    func update(_ group: SecurityGroup) async throws -> SecurityGroup {
        var stored = group
        let rows = try await source.query(
            """
            UPDATE security_groups SET
                name = \(group.labels.name), description = \(group.labels.description), tags = \(group.labels.tags),
                stateful = \(group.isStateful), updated_at = now(), revision_number = revision_number + 1
            WHERE id = \(group.id)
            RETURNING created_at, updated_at, revision_number
            """
        )
        for row in rows { stored.history = try History(row: row) }
        return stored
    }

    /// One more revision, as when a rule comes or goes.
    func touch(_ id: SecurityGroupID) async throws {
        _ = try await source.query(
            """
            UPDATE security_groups SET updated_at = now(), revision_number = revision_number + 1 WHERE id = \(id)
            """
        )
    }

    /// Whether a port has the group.
    ///
    /// Needs `groupForUpdate`.
    func isInUse(_ id: SecurityGroupID) async throws -> Bool {
        try await !source.query("SELECT 1 FROM ports WHERE security_groups @> \([id])::text[] LIMIT 1").isEmpty
    }

    /// Takes the group away.
    ///
    /// Its rules must be gone.
    func delete(_ id: SecurityGroupID) async throws {
        _ = try await source.query("DELETE FROM security_groups WHERE id = \(id)")
    }
}
