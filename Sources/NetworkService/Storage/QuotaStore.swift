internal import Postgres
internal import ResourceModel

/// The statements on limits and counts.
struct QuotaStore: Sendable {
    let source: any QueryRunner

    /// Counts what a transaction made and took away.
    ///
    /// The counts' rows stay locked until its end, so no two that are within the limits each can exceed them together.
    ///
    /// - Throws: `overQuota` when a count that is checked has grown beyond its limit.
    func count(_ differences: [QuotaKey: Int], checking: Set<QuotaKey>, defaults: QuotaDefaults) async throws {
        // Always in the same order, so that two transactions do not wait for each other.
        for (key, difference) in differences.sorted(by: { $0.key < $1.key }) where difference != 0 {
            let rows = try await source.query(
                """
                INSERT INTO quota_usage AS u (project_id, kind, used)
                VALUES (\(key.projectID), \(key.kind.rawValue), greatest(\(difference), 0))
                ON CONFLICT ON CONSTRAINT quota_usage_key DO UPDATE SET used = u.used + \(difference)
                RETURNING used, (
                    SELECT most FROM quota_limits WHERE project_id = \(key.projectID) AND kind = \(key.kind.rawValue))
                """
            )
            guard difference > 0, checking.contains(key), let row = rows.first else { continue }
            let (used, own) = try row.decode(Int64.self, Int64?.self)
            let most = own ?? defaults[key.kind]
            guard most < 0 || used <= most else {
                throw NetworkError.overQuota(kind: key.kind.rawValue, projectID: key.projectID)
            }
        }
    }

    /// The limits of a project, defaults filled in.
    func limits(of projectID: String, defaults: QuotaDefaults) async throws -> [QuotaLimit] {
        let rows = try await source.query(
            """
            SELECT k.kind, l.most, COALESCE(u.used, 0)
            FROM unnest(\(QuotaKind.allCases.map(\.rawValue))::text[]) k (kind)
            LEFT JOIN quota_limits l ON l.project_id = \(projectID) AND l.kind = k.kind
            LEFT JOIN quota_usage u ON u.project_id = \(projectID) AND u.kind = k.kind
            """
        )
        var limits: [QuotaLimit] = []
        for row in rows {
            let (name, own, used) = try row.decode(String.self, Int64?.self, Int64.self)
            guard let kind = QuotaKind(rawValue: name) else { continue }
            limits.append(QuotaLimit(kind: kind, most: own ?? defaults[kind], used: used))
        }
        return limits.sorted { $0.kind < $1.kind }
    }

    /// Holds a count as it is, and gives it.
    func usageForUpdate(of key: QuotaKey) async throws -> Int64 {
        try await source.first(
            """
            SELECT used FROM quota_usage WHERE project_id = \(key.projectID) AND kind = \(key.kind.rawValue) FOR UPDATE
            """
        ) { row throws(PostgresError) in try row.column(0, as: Int64.self) } ?? 0
    }

    func setLimit(_ most: Int64, of key: QuotaKey) async throws {
        _ = try await source.query(
            """
            INSERT INTO quota_limits (project_id, kind, most)
            VALUES (\(key.projectID), \(key.kind.rawValue), \(most))
            ON CONFLICT ON CONSTRAINT quota_limits_key DO UPDATE SET most = excluded.most
            """
        )
    }

    /// Back to the defaults; false when there was nothing to take back.
    func reset(_ projectID: String) async throws -> Bool {
        try await source.query("DELETE FROM quota_limits WHERE project_id = \(projectID)").affected > 0
    }

    /// Projects with limits of their own.
    func projects() async throws -> [String] {
        try await source.all("SELECT DISTINCT project_id FROM quota_limits ORDER BY project_id") {
            row throws(PostgresError) in try row.column(0)
        }
    }
}
