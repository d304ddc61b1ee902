import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsPostgres, .tags(.postgres))
struct TransactionTests {
    private struct Refusal: Error {}

    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try await .make {
            $0.poolSize = 2
            $0.acquireTimeout = .seconds(60)
        }
        try await database.execute("CREATE TABLE counters (id int CONSTRAINT counters_key PRIMARY KEY, n int NOT NULL)")
    }

    private func numbers() async throws -> [Int] {
        try await database.query("SELECT n FROM counters ORDER BY id").map { row throws in try row.column(0) }
    }

    @Test func `what the body did is there once it returned`() async throws {
        let answer = try await database.withTransaction { transaction in
            try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, \(5))")
            return try await transaction.query("SELECT n FROM counters WHERE id = 1")[0].column(0, as: Int.self)
        }
        #expect(answer == 5)
        #expect(try await numbers() == [5])
    }

    @Test func `nothing of a body that throws remains`() async throws {
        await #expect(throws: Refusal.self) {
            try await database.withTransaction { transaction in
                try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
                throw Refusal()
            }
        }
        #expect(try await numbers() == [])
    }

    @Test func `statements sent at once are all part of the transaction`() async throws {
        for round in 0..<20 {
            await #expect(throws: Refusal.self) {
                try await database.withTransaction { transaction in
                    try await withThrowingTaskGroup { group in
                        for id in 0..<5 {
                            group.addTask {
                                try await transaction.execute("INSERT INTO counters (id, n) VALUES (\(id), \(round))")
                            }
                        }
                        try await group.waitForAll()
                    }
                    throw Refusal()
                }
            }
        }
        #expect(try await numbers() == [])
    }

    @Test func `a savepoint's statements are undone alone`() async throws {
        try await database.withTransaction { transaction in
            try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
            let error = await #expect(throws: PostgresError.self) {
                try await transaction.savepoint { inner in
                    try await inner.execute("INSERT INTO counters (id, n) VALUES (2, 2)")
                    try await inner.execute("INSERT INTO counters (id, n) VALUES (1, 7)")
                }
            }
            #expect(error?.serverError?.constraint == "counters_key")
            try await transaction.savepoint { try await $0.execute("INSERT INTO counters (id, n) VALUES (3, 3)") }
        }
        #expect(try await numbers() == [1, 3])
    }

    @Test func `a swallowed error does not pass for a commit`() async throws {
        await #expect(throws: PostgresError.rolledBack("a statement in it had failed")) {
            try await database.withTransaction { transaction in
                try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
                _ = try? await transaction.query("SELECT 1 / 0")
            }
        }
        #expect(try await numbers() == [])
    }

    @Test func `a transaction is of no use after its scope`() async throws {
        let escaped = try await database.withTransaction { $0 }
        await #expect(throws: PostgresError.closed) { try await escaped.query("SELECT 1") }
    }

    @Test func `two that read and write the same in turn both succeed when retried`() async throws {
        try await database.execute("INSERT INTO counters (id, n) VALUES (1, 0)")
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    try await database.withTransaction(
                        .serializable,
                        retrying: .serializationFailures(attempts: 100)
                    ) { transaction in
                        let row = try await transaction.query("SELECT n FROM counters WHERE id = 1")[0]
                        let n = try row.column(0, as: Int.self)
                        try await transaction.execute("UPDATE counters SET n = \(n + 1) WHERE id = 1")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await numbers() == [8])
    }

    @Test func `a read-only transaction refuses to write`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await database.withTransaction(.snapshot) { transaction in
                try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
            }
        }
        #expect(error?.serverError?.sqlState == "25006")
    }

    @Test func `a snapshot does not see what was committed after its first statement`() async throws {
        try await database.withTransaction(.snapshot) { transaction in
            #expect(try await transaction.query("SELECT n FROM counters").isEmpty)
            try await database.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
            #expect(try await transaction.query("SELECT n FROM counters").isEmpty)
        }
        #expect(try await numbers() == [1])
    }

    @Test func `a cancelled transaction leaves nothing behind and frees its connection`() async throws {
        for _ in 0..<5 {
            let task = Task {
                try await database.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
                    _ = try await transaction.query("SELECT pg_sleep(600)")
                }
            }
            #expect(await eventually { try await sleepers() == 1 })
            task.cancel()
            await #expect(throws: PostgresError.cancelled) { try await task.value }
            #expect(try await sleepers() == 0)
            // The pool holds two: both are to be had at once, and clean.
            try await database.withTransaction { first in
                try await first.execute("SELECT 1")
                try await database.withTransaction { second in try await second.execute("SELECT 2") }
            }
        }
        #expect(try await numbers() == [])
    }

    private func sleepers() async throws -> Int {
        try await database.query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep(600)%'
            """
        )[0].column(0)
    }

    @Test func `a cancelled caller does not wait for a connection`() async throws {
        try await database.withTransaction { first in
            try await first.execute("SELECT 1")
            try await database.withTransaction { second in
                try await second.execute("SELECT 2")
                let task = Task { try await database.execute("SELECT 1") }
                task.cancel()
                await #expect(throws: PostgresError.cancelled) { try await task.value }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `who gets no connection in time is told that all are in use`() async throws {
        let small = temporary.connect {
            $0.poolSize = 1
            $0.acquireTimeout = .milliseconds(100)
        }
        defer { small.close() }
        // One that would wait for longer does not make others do so.
        try await small.waitUntilReady(timeout: .seconds(600))
        try await small.withTransaction { transaction in
            try await transaction.execute("SELECT 1")
            let expected = "no connection became free within 0.1 seconds: 1 of 1 in use"
            await #expect(throws: PostgresError.timedOut(expected)) { try await small.execute("SELECT 1") }
        }
        try await small.execute("SELECT 1")
    }

    @Test func `more callers than connections all get their turn`() async throws {
        try await withThrowingTaskGroup { group in
            for id in 0..<200 {
                group.addTask { try await database.execute("INSERT INTO counters (id, n) VALUES (\(id), 1)") }
            }
            try await group.waitForAll()
        }
        #expect(try await numbers().count == 200)
    }

    @Test func `a statement beyond its time limit is stopped`() async throws {
        let hasty = temporary.connect { $0.statementTimeout = .milliseconds(50) }
        defer { hasty.close() }
        let message = "canceling statement due to statement timeout"
        await #expect(throws: PostgresError.timedOut(message)) { try await hasty.execute("SELECT pg_sleep(60)") }
        await #expect(throws: PostgresError.timedOut(message)) { try await hasty.query("SELECT pg_sleep(60)") }
    }

    @Test func `a session killed in a transaction is an error there and nobody else's`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await database.withTransaction { transaction in
                let process = try await transaction.query("SELECT pg_backend_pid()")[0].column(0, as: Int.self)
                try await database.execute("SELECT pg_terminate_backend(\(process), 5000)")
                try await transaction.execute("INSERT INTO counters (id, n) VALUES (1, 1)")
            }
        }
        guard case .connectionLost = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try await database.execute("INSERT INTO counters (id, n) VALUES (2, 2)")
        #expect(try await numbers() == [2])
    }
}
