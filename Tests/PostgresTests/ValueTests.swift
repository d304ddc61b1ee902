import Testing

@testable import Postgres

@Suite struct PostgresValueTests {
    @Test(arguments: [
        (140_011, "PostgreSQL 14 is too old: 15 or newer is needed"),
        (90_624, "PostgreSQL 9 is too old: 15 or newer is needed"),
    ])
    func `an old server is named as such`(number: Int, message: String) {
        #expect(throws: PostgresError.tooOld(message)) { try ServerVersion(number: number).check() }
    }

    @Test(arguments: [150_000, 150_020, 180_001])
    func `a new enough server is accepted`(number: Int) throws {
        try ServerVersion(number: number).check()
    }

    @Test func `the pause between attempts grows to five seconds and no further`() {
        var backoff = Backoff()
        var pauses = [backoff.pause(jitter: 1)]
        for _ in 0..<8 {
            backoff.recordFailure()
            pauses.append(backoff.pause(jitter: 1))
        }
        #expect(pauses == [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000].map { Duration.milliseconds($0) })
        #expect(backoff.pause(jitter: 0) == .milliseconds(2500))
        backoff.reset()
        #expect(backoff.pause() == .zero)
    }

    @Test func `timers come due in order, cancelled ones never`() {
        var timers = TimerQueue()
        let start = MonotonicTime(nanoseconds: 1_000_000_000)
        var seen: [Int] = []
        var cancelled: [TimerQueue.ID] = []
        for number in [5, 3, 9, 1, 7] {
            let id = timers.add(at: start + .milliseconds(number)) { seen.append(number) }
            if number == 3 { cancelled.append(id) }
        }
        cancelled.forEach { timers.cancel($0) }
        #expect(timers.waitMilliseconds(now: start) == 2)
        for work in timers.takeDue(now: start + .milliseconds(7)) { work() }
        #expect(seen == [1, 5, 7])
        #expect(timers.waitMilliseconds(now: start + .milliseconds(20)) == 0)
        for work in timers.takeDue(now: start + .milliseconds(20)) { work() }
        #expect(timers.waitMilliseconds(now: start) == -1)
    }

    @Test func `a queue gives back in order, also across removals`() {
        var queue = Fifo<Int>()
        for number in 0..<5000 { queue.append(number) }
        for number in 0..<3000 { #expect(queue.popFirst() == number) }
        #expect(queue.removeAll { $0 % 2 == 1 }.count == 1000)
        queue.append(7)
        #expect(queue.first == 3000)
        #expect(queue.count == 1001)
    }

    @Test func `the password is not part of the configuration's text`() {
        var configuration = PostgresConfiguration(database: "network", user: "network")
        configuration.password = "secret"
        #expect("\(configuration)" == "network@localhost:5432/network")
    }
}

@Suite struct TimestampReaderTests {
    @Test(arguments: [
        ("1970-01-01 00:00:00+00", 0), ("2026-11-24 03:59:21.5+00", 1_795_492_761_500_000),
        ("2026-11-24T03:59:21.000001Z", 1_795_492_761_000_001), ("2026-11-24 03:59:21", 1_795_492_761_000_000),
        ("2026-11-24 03:59:21+00:00", 1_795_492_761_000_000), ("1969-12-31 23:59:59.999999+00", -1),
        ("10000-02-29 00:00:00+00", 253_407_398_400_000_000),
    ])
    func `a moment is read to the microsecond`(text: String, microseconds: Int64) throws {
        #expect(try PostgresTimestamp(postgresText: text).microseconds == microseconds)
    }

    @Test(arguments: [
        "", "now", "infinity", "2026-11-24", "2026-11-24 03:59", "2026-11-24 03:59:21+01", "2026-13-01 00:00:00",
        "2026-00-01 00:00:00", "2026-11-32 00:00:00", "2026-11-24 25:00:00", "2026-11-24 03:60:00",
        "2026-11-24 03:59:21.", "2026-11-24 03:59:21.1234567", "2026-11-24  03:59:21", " 2026-11-24 03:59:21",
        "-2026-11-24 03:59:21", "2026-11-24 03:59:21Z ", "99999999999999999999-01-01 00:00:00", "2026-1é-24 03:59:21",
    ])
    func `what is no moment is refused`(text: String) {
        #expect(throws: PostgresError.self) { try PostgresTimestamp(postgresText: text) }
    }
}
