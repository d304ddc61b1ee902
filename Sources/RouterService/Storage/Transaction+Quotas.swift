internal import Listing
internal import Postgres
internal import ResourceModel

extension QueryRunner {
    /// The limits of a project, defaults filled in, by kind.
    func limits(of project: String, defaults: QuotaDefaults) async throws(PostgresError) -> [QuotaLimit] {
        let rows = try await query(
            """
            SELECT k.kind, l.most, CASE k.kind
                WHEN 'router' THEN (SELECT routers FROM project_usage WHERE project_id = \(project))
                ELSE (SELECT max(cardinality(route_destinations)) FROM routers WHERE project_id = \(project))
                END AS used
            FROM unnest(\(QuotaKind.allCases.map(\.rawValue))::text[]) k (kind)
            LEFT JOIN quota_limits l ON l.project_id = \(project) AND l.kind = k.kind
            ORDER BY k.kind
            """
        )
        var limits: [QuotaLimit] = []
        for row in rows {
            guard let kind = QuotaKind(rawValue: try row.column("kind")) else { continue }
            let own = try row.column("most", as: Int64?.self)
            let used = try row.column("used", as: Int64?.self)
            limits.append(QuotaLimit(kind: kind, most: own ?? defaults[kind], used: used ?? 0))
        }
        return limits
    }

    /// How many routers a project has, and its own limit.
    func routerUsage(ofProject project: String) async throws(PostgresError) -> (used: Int64, own: Int64?) {
        let rows = try await query(
            """
            SELECT coalesce((SELECT routers FROM project_usage WHERE project_id = \(project)), 0),
                (SELECT most FROM quota_limits WHERE project_id = \(project) AND kind = 'router')
            """
        )
        guard let row = rows.first else { return (0, nil) }
        return (try row.column(0), try row.column(1))
    }

    /// The limit that a project has of its own.
    func limit(of kind: QuotaKind, ofProject project: String) async throws(PostgresError) -> Int64? {
        try await query("SELECT most FROM quota_limits WHERE project_id = \(project) AND kind = \(kind.rawValue)")
            .first?.column(0)
    }

    /// Projects with limits of their own.
    func projectsWithLimits() async throws(PostgresError) -> [String] {
        let rows = try await query("SELECT DISTINCT project_id FROM quota_limits ORDER BY project_id")
        return try rows.map { row throws(PostgresError) in try row.column(0) }
    }
}

extension Database {
    /// Takes a project's own limits away; false when it had none.
    func removeLimits(of project: String) async throws(PostgresError) -> Bool {
        try await execute("DELETE FROM quota_limits WHERE project_id = \(project)") > 0
    }
}

extension Transaction {
    /// Counts one more router of a project, whose row stays locked; gives the count, and the project's own limit.
    func takePlace(inProject project: String) async throws(PostgresError) -> (used: Int64, own: Int64?) {
        let rows = try await query(
            """
            INSERT INTO project_usage AS u (project_id, routers) VALUES (\(project), 1)
            ON CONFLICT ON CONSTRAINT project_usage_pkey DO UPDATE SET routers = u.routers + 1
            RETURNING routers, (SELECT most FROM quota_limits WHERE project_id = \(project) AND kind = 'router')
            """
        )
        guard let row = rows.first else { throw .decoding("nothing was counted") }
        return (try row.column(0), try row.column(1))
    }

    /// Counts one router of a project less.
    func leavePlace(inProject project: String) async throws(PostgresError) {
        try await execute("UPDATE project_usage SET routers = routers - 1 WHERE project_id = \(project)")
    }

    /// Holds a project's count as it is.
    func lockUsage(ofProject project: String) async throws(PostgresError) {
        _ = try await query("SELECT FROM project_usage WHERE project_id = \(project) FOR UPDATE")
    }

    func setLimit(_ most: Int64, of kind: QuotaKind, ofProject project: String) async throws(PostgresError) {
        try await execute(
            """
            INSERT INTO quota_limits (project_id, kind, most) VALUES (\(project), \(kind.rawValue), \(most))
            ON CONFLICT ON CONSTRAINT quota_limits_key DO UPDATE SET most = excluded.most
            """
        )
    }
}
