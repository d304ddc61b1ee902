import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsPostgres, .tags(.postgres))
struct ReadTests {
    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try await .make()
    }

    @Test func `two hundred concurrent readers each get their own answer`() async throws {
        let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for number in 0..<200 {
                group.addTask {
                    (number, try await database.query("SELECT \(number)::int * 2")[0].column(0, as: Int.self))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 200)
        #expect(answers.allSatisfy { $0.0 * 2 == $0.1 })
    }

    @Test func `an error in a batch does not fail its neighbours`() async throws {
        let results = await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
            for number in 0..<300 {
                group.addTask {
                    do {
                        return (number, .success(try await quotient(60, by: number % 3)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (number, result) in results {
            switch (number % 3, result) {
            case (0, .failure(let error)):
                #expect((error as? PostgresError)?.serverError?.sqlState == "22012")
            case (let divisor, .success(let value)):
                #expect(divisor > 0 && value == 60 / divisor)
            default:
                Issue.record("\(number): \(result)")
            }
        }
    }

    private func quotient(_ number: Int, by divisor: Int) async throws -> Int {
        try await database.query("SELECT \(number)::int / \(divisor)::int")[0].column(0)
    }

    @Test func `a statement with a syntax error does not fail its neighbours`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    guard number % 2 == 0 else {
                        let answer = try await quotient(number, by: 1)
                        #expect(answer == number)
                        return
                    }
                    let error = await #expect(throws: PostgresError.self) {
                        try await database.query("SELEKT \(unescaped: "\(number)")")
                    }
                    #expect(error?.serverError?.sqlState == "42601")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `slow reads do not hold up quick ones`() async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 { group.addTask { _ = try await database.query("SELECT pg_sleep(600)") } }
            #expect(await eventually { try await activeSleepers() == 4 })
            for number in 0..<50 {
                let answer = try await quotient(number, by: 1)
                #expect(answer == number)
            }
            group.cancelAll()
            while let result = await group.nextResult() {
                #expect(throws: PostgresError.cancelled) { try result.get() }
            }
        }
        #expect(await eventually { try await activeSleepers() == 0 })
    }

    private func activeSleepers() async throws -> Int {
        try await database.query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query = 'SELECT pg_sleep(600)'
            """
        )[0].column(0)
    }

    @Test func `a cancelled read is stopped at the server`() async throws {
        let task = Task { try await database.query("SELECT pg_sleep(600)") }
        #expect(await eventually { try await activeSleepers() == 1 })
        task.cancel()
        await #expect(throws: PostgresError.cancelled) { try await task.value }
        #expect(await eventually { try await activeSleepers() == 0 })
    }

    @Test func `cancelling some readers does not disturb the others`() async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<400 {
                group.addTask {
                    let task = Task { try await quotient(number, by: 1) }
                    if number % 2 == 0 {
                        task.cancel()
                        _ = await task.result
                    } else {
                        let answer = try await task.value
                        #expect(answer == number)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a table changed under a prepared read is read as it is now`() async throws {
        try await database.execute("CREATE TABLE things (id int)")
        try await database.execute("INSERT INTO things (id) VALUES (1)")
        for _ in 0..<8 { #expect(try await database.query("SELECT * FROM things")[0].column("id", as: Int.self) == 1) }
        try await database.execute("ALTER TABLE things ADD COLUMN name text DEFAULT 'x'")
        for _ in 0..<8 {
            #expect(try await database.query("SELECT * FROM things")[0].column("name", as: String.self) == "x")
        }
    }

    @Test func `more different statements than a session remembers are no harm`() async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<1500 {
                group.addTask {
                    let rows = try await database.query("SELECT \(unescaped: "\(number)")")
                    #expect(try rows[0].column(0, as: Int.self) == number)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a session killed between reads is not noticed`() async throws {
        for number in 0..<20 {
            #expect(try await quotient(number, by: 1) == number)
            try await database.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            )
        }
    }
}
