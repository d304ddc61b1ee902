import Logging
import Postgres
import PostgresTestSupport
import ServiceLifecycle
import Testing

@Suite(.needsPostgres, .tags(.postgres), .timeLimit(.minutes(3)))
struct OutageTests {
    private func database(of cluster: TemporaryCluster, acquireTimeout: Duration = .seconds(5)) -> Database {
        var configuration = cluster.configuration()
        configuration.acquireTimeout = acquireTimeout
        return Database(configuration: configuration, logger: .silent)
    }

    @Test func `without a server callers are told so within the acquire timeout`() async throws {
        var configuration = PostgresConfiguration(database: "none", user: "nobody")
        configuration.host = "/nonexistent"
        configuration.acquireTimeout = .seconds(1)
        let database = Database(configuration: configuration, logger: .silent)
        defer { database.close() }
        for attempt in [0, 1] {
            let error = await #expect(throws: PostgresError.self) {
                if attempt == 0 {
                    try await database.execute("SELECT 1")
                } else {
                    _ = try await database.query("SELECT 1")
                }
            }
            guard case .unavailable(let reason) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains("/nonexistent"))
        }
        #expect(!database.isReachable)
    }

    @Test func `a host without the name's address is unavailable, and does not hold up the loop`() async throws {
        var configuration = PostgresConfiguration(database: "none", user: "nobody")
        configuration.host = "no-such-host.invalid"
        configuration.acquireTimeout = .milliseconds(200)
        let database = Database(configuration: configuration, logger: .silent)
        defer { database.close() }
        let error = await #expect(throws: PostgresError.self) {
            try await database.waitUntilReady(timeout: .seconds(1))
        }
        guard case .unavailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a server that crashes under load is used again once it is back`() async throws {
        let cluster = try await TemporaryCluster.make()
        let database = database(of: cluster)
        defer { database.close() }
        try await database.waitUntilReady()
        try await database.execute("CREATE TABLE log (id bigint PRIMARY KEY)")
        let tally = Tally()
        try await withThrowingTaskGroup { group in
            for worker in 0..<16 {
                group.addTask { try await load(database, worker: worker, tally) }
            }
            for _ in 0..<3 {
                #expect(await eventually { await tally.successes > 200 })
                await cluster.crash()
                #expect(await eventually { !database.isReachable })
                try await cluster.start()
                await tally.forgetSuccesses()
                #expect(await eventually { await tally.successes > 200 })
            }
            group.cancelAll()
            while await group.nextResult() != nil {}
        }
        let unexpected = await tally.unexpected
        #expect(unexpected == [])
        // What was acknowledged is there.
        let acknowledged = await tally.acknowledged
        let rows = try await database.query("SELECT id FROM log")
        let stored = Set(try rows.map { row throws in try row.column(0, as: Int64.self) })
        #expect(acknowledged.subtracting(stored) == [])
        #expect(acknowledged.count > 100)
    }

    private func load(_ database: Database, worker: Int, _ tally: Tally) async throws {
        var next = Int64(worker) << 32
        while !Task.isCancelled {
            next += 1
            do {
                if next % 4 == 0 {
                    try await database.withTransaction { [next] transaction in
                        try await transaction.execute("INSERT INTO log (id) VALUES (\(next))")
                    }
                    await tally.acknowledge(next)
                } else {
                    let answer = try await database.query("SELECT \(next)::bigint + 1")[0].column(0, as: Int64.self)
                    await tally.succeed(answer == next + 1)
                }
            } catch let error as PostgresError {
                await tally.fail(error)
                try? await Task.sleep(for: .milliseconds(2))
            }
        }
    }

    @Test func `a server is reached over TCP by its host's name`() async throws {
        let port = Int.random(in: 20_000..<32_000)
        let cluster = try await TemporaryCluster.make(settings: ["listen_addresses=127.0.0.1", "port=\(port)"])
        var configuration = cluster.configuration()
        configuration.host = "localhost"
        configuration.port = port
        let database = Database(configuration: configuration, logger: .silent)
        defer { database.close() }
        try await database.waitUntilReady()
        let big = String(repeating: "0123456789", count: 500_000)
        #expect(try await database.query("SELECT length(\(big))")[0].column(0, as: Int.self) == big.utf8.count)
        let address = try await database.withTransaction { transaction in
            try await transaction.query("SELECT host(inet_client_addr())")[0].column(0, as: String.self)
        }
        #expect(address == "127.0.0.1")
    }

    @Test func `when one connection finds the server back, none of the others waits on`() async throws {
        let cluster = try await TemporaryCluster.make()
        let database = database(of: cluster, acquireTimeout: .seconds(1))
        defer { database.close() }
        try await database.waitUntilReady()
        _ = try await database.query("SELECT 1")
        await cluster.stop()
        // By then reads and transactions pause for seconds between their attempts.
        for _ in 0..<4 {
            await #expect(throws: PostgresError.self) { _ = try await database.query("SELECT 1") }
            await #expect(throws: PostgresError.self) { try await database.execute("SELECT 1") }
        }
        try await cluster.start()
        #expect(
            await eventually {
                _ = try await database.query("SELECT 1")
                return true
            }
        )
        try await database.execute("SELECT 1")
    }

    @Test func `an orderly restart is survived by reads without an error`() async throws {
        let cluster = try await TemporaryCluster.make()
        let database = database(of: cluster, acquireTimeout: .seconds(20))
        defer { database.close() }
        try await database.waitUntilReady()
        for _ in 0..<3 {
            #expect(try await database.query("SELECT 1").count == 1)
            await cluster.stop()
            try await cluster.start()
            #expect(try await database.query("SELECT 1").count == 1)
            try await database.execute("SELECT 1")
        }
    }

    @Test func `a frozen server does not hold a cancelled caller`() async throws {
        let cluster = try await TemporaryCluster.make()
        let database = database(of: cluster)
        defer { database.close() }
        try await database.execute("SELECT 1")
        _ = try await database.query("SELECT 1")
        cluster.freeze()
        let read = Task { try await database.query("SELECT 2") }
        let write = Task { try await database.execute("SELECT 3") }
        read.cancel()
        write.cancel()
        await #expect(throws: PostgresError.cancelled) { try await read.value }
        await #expect(throws: PostgresError.cancelled) { try await write.value }
        cluster.thaw()
        #expect(await eventually { try await database.execute("SELECT 1") == 1 })
    }

    @Test func `the service closes at the shutdown and refuses callers then`() async throws {
        let cluster = try await TemporaryCluster.make()
        let database = database(of: cluster)
        let group = ServiceGroup(services: [database], logger: .silent)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            try await database.waitUntilReady()
            let done = try await database.withTransaction { transaction in
                try await transaction.execute("SELECT 1")
                await group.triggerGracefulShutdown()
                // What has begun may end.
                return try await transaction.execute("SELECT 1")
            }
            #expect(done == 1)
            try await tasks.waitForAll()
        }
        await #expect(throws: PostgresError.closed) { try await database.execute("SELECT 1") }
        await #expect(throws: PostgresError.closed) { try await database.query("SELECT 1") }
    }
}

/// What the workers of a load saw.
private actor Tally {
    private(set) var successes = 0
    private(set) var acknowledged: Set<Int64> = []
    private(set) var unexpected: [String] = []

    func succeed(_ isRight: Bool) {
        successes += 1
        if !isRight { unexpected.append("a wrong answer") }
    }

    func acknowledge(_ id: Int64) {
        successes += 1
        acknowledged.insert(id)
    }

    func forgetSuccesses() {
        successes = 0
    }

    func fail(_ error: PostgresError) {
        switch error {
        case .unavailable, .connectionLost, .outcomeUnknown, .cancelled: break
        default: unexpected.append("\(error)")
        }
    }
}
