import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsPostgres, .tags(.postgres))
struct StreamTests {
    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try await .make { $0.poolSize = 1 }
    }

    @Test(arguments: [0, 1, 9, 10, 11, 10_000])
    func `a stream gives every row once, in order`(count: Int) async throws {
        var numbers: [Int] = []
        for try await rows in database.stream("SELECT g FROM generate_series(1, \(count)::int) AS g", batch: 10) {
            #expect(!rows.isEmpty && rows.count <= 10)
            for row in rows { numbers.append(try row.column(0)) }
        }
        #expect(numbers == Array(1..<(count + 1)))
        try await database.execute("SELECT 1")
    }

    @Test func `a stream left early gives its connection back`() async throws {
        for _ in 0..<5 {
            for try await rows in database.stream("SELECT generate_series(1, 1000000)", batch: 10) {
                #expect(rows.count == 10)
                break
            }
        }
        try await database.execute("SELECT 1")
    }

    @Test func `a stream that fails says so and gives its connection back`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            for try await rows in database.stream("SELECT 10 / (5 - g) FROM generate_series(1, 9) AS g", batch: 2) {
                #expect(rows.count == 2)
            }
        }
        #expect(error?.serverError?.sqlState == "22012")
        try await database.execute("SELECT 1")
    }

    @Test func `a transaction streams what it sees itself`() async throws {
        try await database.withTransaction { transaction in
            try await transaction.execute("CREATE TABLE things AS SELECT generate_series(1, 25) AS id")
            var count = 0
            for try await rows in transaction.stream("SELECT id FROM things", batch: 10) { count += rows.count }
            #expect(count == 25)
            try await transaction.execute("INSERT INTO things (id) VALUES (26)")
        }
    }
}
