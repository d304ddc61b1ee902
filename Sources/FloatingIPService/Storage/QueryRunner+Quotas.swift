internal import Postgres

extension ProjectUsage {
    /// What a row says in its columns `used` and `most`.
    static func read(_ row: Row) throws(PostgresError) -> ProjectUsage {
        ProjectUsage(used: try row.column("used"), own: try row.column("most"))
    }

    /// The statement that reads how many a project has, and its own limit.
    static func reading(ofProject project: String) -> SQL {
        """
        SELECT coalesce((SELECT floating_ips FROM project_usage WHERE project_id = \(project)), 0) AS used,
            (SELECT most FROM quota_limits WHERE project_id = \(project) AND kind = 'floatingip') AS most
        """
    }
}

extension QueryRunner {
    /// How many floating IPs a project has, and its own limit.
    func usage(ofProject project: String) async throws(PostgresError) -> ProjectUsage {
        guard let row = try await query(ProjectUsage.reading(ofProject: project)).first else {
            throw .decoding("nothing was counted")
        }
        return try ProjectUsage.read(row)
    }

    /// Projects with a limit of their own.
    func projectsWithLimits() async throws(PostgresError) -> [String] {
        let rows = try await query("SELECT DISTINCT project_id FROM quota_limits ORDER BY project_id")
        return try rows.map { row throws(PostgresError) in try row.column(0) }
    }
}

extension Transaction {
    /// Holds a project's count as it is.
    func lockUsage(ofProject project: String) async throws(PostgresError) {
        _ = try await query("SELECT FROM project_usage WHERE project_id = \(project) FOR UPDATE")
    }

    func setLimit(_ most: Int64, ofProject project: String) async throws(PostgresError) {
        try await execute(
            """
            INSERT INTO quota_limits (project_id, kind, most) VALUES (\(project), 'floatingip', \(most))
            ON CONFLICT ON CONSTRAINT quota_limits_key DO UPDATE SET most = excluded.most
            """
        )
    }

    /// Takes a project's own limit away; false when it had none.
    func removeLimits(of project: String) async throws(PostgresError) -> Bool {
        try await execute("DELETE FROM quota_limits WHERE project_id = \(project)") > 0
    }
}
