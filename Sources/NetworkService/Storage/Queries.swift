internal import Postgres

extension QueryRunner {
    /// The only row of what a statement gives, made into something; nil when it gives none.
    func first<Value>(_ sql: SQL, _ make: (Row) throws(PostgresError) -> Value) async throws(PostgresError) -> Value? {
        guard let row = try await query(sql).first else { return nil }
        return try make(row)
    }

    /// All rows of what a statement gives, made into something.
    func all<Value>(_ sql: SQL, _ make: (Row) throws(PostgresError) -> Value) async throws(PostgresError) -> [Value] {
        var values: [Value] = []
        for row in try await query(sql) { values.append(try make(row)) }
        return values
    }
}
