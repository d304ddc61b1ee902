internal import Logging

/// Brings a database's schema to the state a program needs.
///
/// Any number of replicas may do so at once: an advisory lock lets one after the other in, and whoever comes later finds
/// nothing left to do. What was applied stands in the table `schema_migrations`.
public struct Migrator: Sendable {
    /// The key of the advisory lock; locks are per database.
    private static let lock: Int64 = 0x736c_7569_6365_0001

    private let migrations: [Migration]

    /// The migrations in order, numbered from 1 without a gap.
    public init(_ migrations: [Migration]) {
        self.migrations = migrations
    }

    /// Applies what is missing, each migration in a transaction of its own.
    ///
    /// - Throws: ``PostgresError/migration(_:)`` when those applied are not those known (nothing is changed then);
    ///   ``PostgresError`` otherwise: the migrations before the failed one stay applied.
    public func migrate(_ database: Database) async throws(PostgresError) {
        let engine = database.engine
        let connection = try await engine.acquire()
        // The session holds the lock and knows no time limits: it is closed, not given back.
        defer { engine.release(connection, mayBeReused: false) }
        let session = MigrationSession(engine: engine, connection: connection)
        try await session.run(
            """
            SET statement_timeout = 0;
            SET client_min_messages = warning;
            SELECT pg_advisory_lock(\(Self.lock));
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                sha256 text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            );
            """
        )
        let plan = try await MigrationPlan(known: session.hashed(migrations), applied: session.applied())
        for migration in plan.pending {
            try await session.apply(migration)
            database.logger.debug("applied a migration", metadata: ["pg.migration": "\(migration.name)"])
        }
    }
}

/// The session of one migrator.
private struct MigrationSession {
    let engine: Engine
    let connection: Connection

    func run(_ script: String) async throws(PostgresError) {
        _ = try await engine.run(Request(.script(script), deadline: engine.deadline), on: connection)
    }

    func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        try await engine.run(Request(.statement(Statement(sql)), deadline: engine.deadline), on: connection)
    }

    func applied() async throws(PostgresError) -> [AppliedMigration] {
        var applied: [AppliedMigration] = []
        for row in try await query("SELECT number, name, sha256 FROM schema_migrations ORDER BY number") {
            let (number, name, hash) = try row.decode(Int.self, String.self, String.self)
            applied.append(AppliedMigration(number: number, name: name, hash: hash))
        }
        return applied
    }

    /// The server computes the hashes.
    func hashed(_ migrations: [Migration]) async throws(PostgresError) -> [(migration: Migration, hash: String)] {
        var hashed: [(Migration, String)] = []
        for migration in migrations {
            let rows = try await query("SELECT encode(sha256(convert_to(\(migration.sql), 'UTF8')), 'hex')")
            guard let row = rows.first else { continue }
            hashed.append((migration, try row.column(0)))
        }
        return hashed
    }

    func apply(_ migration: Migration) async throws(PostgresError) {
        do throws(PostgresError) {
            try await run("BEGIN")
            try await run(migration.sql)
            _ = try await query(
                """
                INSERT INTO schema_migrations (number, name, sha256)
                VALUES (\(migration.number), \(migration.name),
                    encode(sha256(convert_to(\(migration.sql), 'UTF8')), 'hex'))
                """
            )
            try await run("COMMIT")
        } catch .server(let error) {
            throw .migration("migration \(migration.name) failed: \(error)")
        }
    }
}
