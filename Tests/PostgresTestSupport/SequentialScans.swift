public import Postgres

extension Database {
    /// What has been asked so far, on the session that the next read and the next transaction gets, that reads one of the
    /// tables row by row: each statement with its plan.
    ///
    /// The plans are those for any value. They say something only when the tables are big and analysed, and reads share
    /// one session.
    public func sequentialScans(of tables: Set<String>) async throws -> [String] {
        let inReads = try await Self.sequentialScans(of: tables) { try await self.query($0) }
        let inTransactions = try await withTransaction { transaction in
            try await Self.sequentialScans(of: tables) { try await transaction.query($0) }
        }
        return inReads + inTransactions
    }

    private static func sequentialScans(
        of tables: Set<String>,
        _ query: (SQL) async throws -> Rows
    ) async throws -> [String] {
        _ = try await query("SELECT set_config('plan_cache_mode', 'force_generic_plan', false)")
        var found: [String] = []
        for row in try await query(
            """
            SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements
            WHERE statement ~ '^\\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\\M'
            """
        ) {
            let (name, statement, count) = try row.decode(String.self, String.self, Int.self)
            let values = count == 0 ? "" : "(" + Array(repeating: "NULL", count: count).joined(separator: ", ") + ")"
            let plan = try await query(SQL(unescaped: "EXPLAIN EXECUTE \(name)\(values)"))
                .map { row throws(PostgresError) in try row.column(0, as: String.self) }
            let isScanning = plan.contains { line in
                tables.contains { line.contains("Seq Scan on \($0) ") }
            }
            if isScanning { found.append(statement + "\n" + plan.joined(separator: "\n")) }
        }
        return found
    }
}
