import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsPostgres, .tags(.postgres))
struct NotificationTests {
    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try await .make()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a notification wakes a listener in another process`() async throws {
        let sender = temporary.connect()
        defer { sender.close() }
        var iterator = database.notifications(on: "a \"strange\" channel").makeAsyncIterator()
        #expect(await iterator.next(isolation: nil) == .mayHaveMissed)
        sender.notify("a \"strange\" channel", payload: "größe")
        #expect(
            await iterator.next(isolation: nil)
                == .notified(Notification(channel: "a \"strange\" channel", payload: "größe"))
        )
    }

    @Test(.timeLimit(.minutes(1)))
    func `many at once are fewer, and none is lost`() async throws {
        var iterator = database.notifications(on: "many").makeAsyncIterator()
        #expect(await iterator.next(isolation: nil) == .mayHaveMissed)
        for number in 0..<1000 { database.notify("many", payload: "\(number % 10)") }
        database.notify("many", payload: "last")
        var seen: [String: Int] = [:]
        while seen.count < 11, case .notified(let notification) = await iterator.next(isolation: nil) {
            seen[notification.payload, default: 0] += 1
        }
        #expect(seen.count == 11)
        #expect(seen.values.reduce(0, +) < 1000)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a listener whose session was killed is told that it may have missed something`() async throws {
        var iterator = database.notifications(on: "kept").makeAsyncIterator()
        #expect(await iterator.next(isolation: nil) == .mayHaveMissed)
        try await database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        #expect(await iterator.next(isolation: nil) == .mayHaveMissed)
        database.notify("kept", payload: "again")
        #expect(await iterator.next(isolation: nil) == .notified(Notification(channel: "kept", payload: "again")))
    }

    @Test(.timeLimit(.minutes(1)))
    func `closing the database ends the listeners`() async throws {
        let other = temporary.connect()
        var iterator = other.notifications(on: "any").makeAsyncIterator()
        #expect(await iterator.next(isolation: nil) == .mayHaveMissed)
        other.close()
        #expect(await iterator.next(isolation: nil) == nil)
    }
}
