internal import Postgres

extension Database {
    /// Becomes, or stays, the one who follows for the given time.
    ///
    /// Nil when another is; otherwise the position reached.
    func lead(_ name: String, as holder: String, for time: Duration) async throws -> String? {
        try await withTransaction { transaction in
            try await transaction.query(
                """
                INSERT INTO followed (name, position, holder, lease_until)
                VALUES (\(name), '', \(holder), now() + \(time.seconds) * interval '1 second')
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
                WHERE followed.holder = excluded.holder OR followed.lease_until <= now()
                RETURNING position
                """
            ).first?.column(0)
        }
    }

    /// Notes how far the changes have been followed.
    ///
    /// A crash may undo it: then some are followed twice, which changes nothing.
    func notePosition(_ position: String, of name: String) async throws(PostgresError) {
        try await perform(["UPDATE followed SET position = \(position) WHERE name = \(name)"], .forgetful)
    }

    /// The database's clock.
    func now() async throws(PostgresError) -> PostgresTimestamp {
        guard let row = try await query("SELECT clock_timestamp()").first else { throw .decoding("no time") }
        return try row.column(0)
    }
}
