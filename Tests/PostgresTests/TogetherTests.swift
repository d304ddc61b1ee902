import Postgres
import PostgresTestSupport
import Testing

/// Statements that go to the server on one way.
@Suite(.needsPostgres, .tags(.postgres))
struct TogetherTests {
    private struct Refusal: Error {}

    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try await .make {
            $0.poolSize = 1
            $0.acquireTimeout = .seconds(60)
        }
        try await database.execute("CREATE TABLE counters (id int CONSTRAINT counters_key PRIMARY KEY, n int NOT NULL)")
    }

    private func numbers() async throws -> [Int] {
        try await database.query("SELECT n FROM counters ORDER BY id").map { row throws in try row.column(0) }
    }

    /// The one session that the pool has.
    private func session() async throws -> Int {
        try await database.withTransaction { try await $0.query("SELECT pg_backend_pid()")[0].column(0) }
    }

    @Test func `each of several statements gives its own rows, in order`() async throws {
        try await database.withTransaction { transaction in
            let rows = try await transaction.query([
                "INSERT INTO counters (id, n) VALUES (1, 5)", "SELECT n FROM counters",
                "UPDATE counters SET n = n + \(2) RETURNING n",
            ])
            #expect(rows.map(\.affected) == [1, 1, 1])
            #expect(try rows[1][0].column(0, as: Int.self) == 5)
            #expect(try rows[2][0].column(0, as: Int.self) == 7)
        }
        #expect(try await numbers() == [7])
    }

    @Test func `the first that fails is the reason, and those after it do not run`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await database.withTransaction { transaction in
                _ = try await transaction.query([
                    "INSERT INTO counters (id, n) VALUES (1, 1)", "INSERT INTO counters (id, n) VALUES (1, 2)",
                    "SELECT 1 / 0", "INSERT INTO counters (id, n) VALUES (3, 3)",
                ])
            }
        }
        #expect(error?.serverError?.constraint == "counters_key")
        #expect(try await numbers() == [])
    }

    @Test func `what was put off runs before the next statement, and at the latest with the commit`() async throws {
        try await database.withTransaction { transaction in
            transaction.executeLater("INSERT INTO counters (id, n) VALUES (1, 1)")
            transaction.executeLater("UPDATE counters SET n = 2")
            let n = try await transaction.query("SELECT n FROM counters")[0].column(0, as: Int.self)
            #expect(n == 2)
            transaction.executeLater("UPDATE counters SET n = 3")
        }
        try await database.withTransaction { $0.executeLater("INSERT INTO counters (id, n) VALUES (2, 4)") }
        #expect(try await numbers() == [3, 4])
    }

    @Test func `what was put off is not done when the body throws`() async throws {
        await #expect(throws: Refusal.self) {
            try await database.withTransaction { transaction in
                transaction.executeLater("INSERT INTO counters (id, n) VALUES (1, 1)")
                throw Refusal()
            }
        }
        #expect(try await numbers() == [])
    }

    @Test func `a commit fails as what was put off does, and its session goes on as new`() async throws {
        let session = try await session()
        for _ in 0..<10 {
            let error = await #expect(throws: PostgresError.self) {
                try await database.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
                    transaction.executeLater("INSERT INTO counters (id, n) VALUES (1, 2)")
                    transaction.executeLater("SELECT 1 / 0")
                }
            }
            #expect(error?.serverError?.constraint == "counters_key")
        }
        #expect(try await numbers() == [])
        #expect(try await self.session() == session)
    }

    @Test func `statements performed together all happen or none`() async throws {
        let rows = try await database.perform([
            "INSERT INTO counters (id, n) VALUES (1, 1) RETURNING n", "SELECT count(*) FROM counters",
        ])
        #expect(try rows.map { try $0[0].column(0, as: Int.self) } == [1, 1])
        let session = try await session()
        let error = await #expect(throws: PostgresError.self) {
            try await database.perform([
                "INSERT INTO counters (id, n) VALUES (2, 2)", "INSERT INTO counters (id, n) VALUES (1, 3)",
            ])
        }
        #expect(error?.serverError?.constraint == "counters_key")
        #expect(try await numbers() == [1])
        #expect(try await self.session() == session)
    }

    @Test func `a value that cannot be sent leaves nothing behind and frees the session`() async throws {
        let session = try await session()
        await #expect(throws: PostgresError.encoding("value $1 contains a NUL byte")) {
            try await database.withTransaction { transaction in
                try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
                transaction.executeLater("SELECT \("\0")")
            }
        }
        await #expect(throws: PostgresError.encoding("value $1 contains a NUL byte")) {
            try await database.perform(["INSERT INTO counters (id, n) VALUES (2, 2)", "SELECT \("\0")"])
        }
        #expect(try await numbers() == [])
        #expect(try await self.session() == session)
    }

    @Test func `reads made together give each its own rows, or the first failure`() async throws {
        let rows = try await database.query((0..<20).map { "SELECT \($0)::int" })
        #expect(try rows.map { try $0[0].column(0, as: Int.self) } == Array(0..<20))
        let error = await #expect(throws: PostgresError.self) {
            try await database.query(["SELECT 1", "SELECT 1 / 0", "SELECT missing"])
        }
        #expect(error?.serverError?.sqlState == "22012")
    }

    @Test func `a transaction that asked for nothing takes no session`() async throws {
        try await database.withTransaction { _ in
            try await database.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
        }
        #expect(try await numbers() == [1])
    }

    @Test func `only a forgetful transaction does not wait for the disk`() async throws {
        func setting(_ options: TransactionOptions) async throws -> String {
            try await database.withTransaction(options) {
                try await $0.query("SHOW synchronous_commit")[0].column(0)
            }
        }
        #expect(try await setting(.forgetful) == "off")
        #expect(try await setting(.readCommitted) == "on")
        let rows = try await database.perform(["SHOW synchronous_commit"], .forgetful)
        #expect(try rows[0][0].column(0, as: String.self) == "off")
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is performed is stopped when its caller is cancelled`() async throws {
        let session = try await session()
        let task = Task {
            try await database.perform([
                "INSERT INTO counters (id, n) VALUES (1, 1)", "SELECT pg_sleep(600)",
            ])
        }
        let sleepers: SQL = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep(600)%'
            """
        #expect(await eventually { try await database.query(sleepers)[0].column(0, as: Int.self) == 1 })
        task.cancel()
        await #expect(throws: PostgresError.cancelled) { try await task.value }
        #expect(try await numbers() == [])
        #expect(try await self.session() == session)
    }

    @Test func `a session that breaks while statements are under way is replaced`() async throws {
        let session = try await session()
        let task = Task {
            try await database.perform(["INSERT INTO counters (id, n) VALUES (1, 1)", "SELECT pg_sleep(600)"])
        }
        #expect(
            await eventually {
                try await database.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE pid = \(session) AND query LIKE 'SELECT pg_sleep(600)%'
                    """
                ).count == 1
            }
        )
        await #expect(throws: PostgresError.self) { try await task.value }
        #expect(try await self.session() != session)
        #expect(try await numbers() == [])
    }
}
