import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsPostgres, .tags(.postgres))
struct MigratorTests {
    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try await .make()
    }

    private static let first = Migration(
        number: 1,
        name: "0001_create_things",
        sql: """
            -- Two statements, one of them with a semicolon inside.
            CREATE TABLE things (id int, name text DEFAULT 'a;b');
            CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
            """
    )
    private static let second = Migration(
        number: 2,
        name: "0002_fill_things",
        sql: "INSERT INTO things (id) SELECT one() FROM generate_series(1, 3)"
    )

    private func count() async throws -> Int {
        try await database.query("SELECT count(*) FROM things")[0].column(0)
    }

    @Test func `what is missing is applied, once`() async throws {
        try await Migrator([Self.first]).migrate(database)
        #expect(try await count() == 0)
        try await Migrator([Self.first, Self.second]).migrate(database)
        try await Migrator([Self.first, Self.second]).migrate(database)
        #expect(try await count() == 3)
    }

    @Test func `ten migrators at once apply each migration once`() async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<10 {
                group.addTask {
                    let replica = temporary.connect()
                    defer { replica.close() }
                    try await Migrator([Self.first, Self.second]).migrate(replica)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await count() == 3)
    }

    @Test func `a migration changed after it was applied is refused`() async throws {
        try await Migrator([Self.first]).migrate(database)
        let changed = Migration(number: 1, name: Self.first.name, sql: Self.first.sql + "\n")
        await #expect(
            throws: PostgresError.migration("migration 0001_create_things was changed after it had been applied")
        ) {
            try await Migrator([changed, Self.second]).migrate(database)
        }
        #expect(try await count() == 0)
    }

    @Test func `a gap is refused`() async throws {
        await #expect(
            throws: PostgresError.migration("migration 1 is missing: 0002_fill_things stands in its place")
        ) {
            try await Migrator([Self.second]).migrate(database)
        }
    }

    @Test func `a failed migration leaves nothing of itself and is tried again`() async throws {
        let broken = Migration(
            number: 2,
            name: "0002_break",
            sql: "CREATE TABLE half (id int); SELECT 1 / 0; CREATE TABLE whole (id int)"
        )
        let error = await #expect(throws: PostgresError.self) {
            try await Migrator([Self.first, broken]).migrate(database)
        }
        #expect(error == .migration("migration 0002_break failed: division by zero [22012]"))
        try await Migrator([Self.first, Self.second]).migrate(database)
        #expect(try await count() == 3)
        #expect(try await database.query("SELECT to_regclass('half')")[0].column(0, as: String?.self) == nil)
    }

    @Test func `a program older than the database's schema still starts`() async throws {
        try await Migrator([Self.first, Self.second]).migrate(database)
        try await Migrator([Self.first]).migrate(database)
    }
}
