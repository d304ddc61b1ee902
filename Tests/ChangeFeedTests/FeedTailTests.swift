import ChangeFeed
import Postgres
import PostgresTestSupport
import ResourceModel
import Testing

@Suite(.needsPostgres, .tags(.postgres), .timeLimit(.minutes(2)))
struct FeedTailTests {
    let fixture: FeedFixture

    init() async throws {
        fixture = try await FeedFixture()
    }

    private var start: FeedPosition {
        get async throws { try await fixture.feed().withSnapshot { _, position in position } }
    }

    /// No transaction, also of the databases of other tests, holds an entry back.
    private var isSettled: Bool {
        get async throws {
            try await fixture.database.query(
                "SELECT max(xid) < pg_snapshot_xmin(pg_current_snapshot()) FROM change_feed"
            )[0].column(0)
        }
    }

    @Test func `a watcher hears of a change with everything that was said about it`() async throws {
        let feed = fixture.feed()
        let position = try await start
        try await fixture.following(feed) {
            try await fixture.write(feed, 7, scope: "node-1")
            var watch = feed.watch(from: position).makeAsyncIterator()
            let entry = try #require(try await watch.nextEntry())
            #expect(entry.kind == "router" && entry.id() == fixture.id(7))
            #expect(entry.scope == "node-1" && entry.revision == 7 && !entry.isDeleted)
            #expect(try FeedPosition(entry.position.description) == entry.position)
        }
    }

    @Test func `a change that was rolled back is never heard of`() async throws {
        let feed = fixture.feed()
        let position = try await start
        try await fixture.following(feed) {
            _ = try? await fixture.database.withTransaction { transaction in
                try await feed.append(fixture.change(1), in: transaction)
                throw ChangeFeedError.closed
            }
            try await fixture.write(feed, 2)
            var watch = feed.watch(from: position).makeAsyncIterator()
            #expect(try await watch.nextNumbers(1) == [2])
        }
    }

    @Test func `changes of one transaction keep their order`() async throws {
        let feed = fixture.feed()
        let position = try await start
        try await fixture.following(feed) {
            try await fixture.database.withTransaction { transaction in
                try await feed.append((0..<100).map { fixture.change($0) }, in: transaction)
                try await feed.append(fixture.change(100, isDeleted: true), in: transaction)
            }
            var watch = feed.watch(from: position).makeAsyncIterator()
            #expect(try await watch.nextNumbers(101) == Array(0...100))
        }
    }

    @Test func `an entry committed late by an older transaction is not passed over`() async throws {
        let feed = fixture.feed()
        let position = try await start
        try await fixture.following(feed) {
            var watch = feed.watch(from: position).makeAsyncIterator()
            try await fixture.database.withTransaction { older in
                try await feed.append(fixture.change(1), in: older)
                // Takes the entry along, so that it gets its place.
                try await older.execute("SELECT 1")
                // Begins later, has the greater sequence, commits first.
                try await fixture.write(feed, 2)
                // Readable only after the older one, however often the tail looks.
                for _ in 0..<50 {
                    feed.noteCommit()
                    _ = try await fixture.database.query("SELECT pg_sleep(0.002)")
                }
            }
            feed.noteCommit()
            #expect(try await watch.nextNumbers(2) == [1, 2])
        }
    }

    @Test func `of concurrent writers that commit out of order no entry is lost or doubled`() async throws {
        let feed = fixture.feed()
        let position = try await start
        let writers = 12
        let each = 40
        try await fixture.following(feed) {
            // One watches from the beginning, others join at any time; all see the same order.
            let orders = try await withThrowingTaskGroup(of: [Int].self) { group in
                for watcher in 0..<4 {
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(watcher * 30))
                        var watch = feed.watch(from: position).makeAsyncIterator()
                        return try await watch.nextNumbers(writers * each)
                    }
                }
                try await write(feed, writers: writers, each: each)
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(orders.allSatisfy { $0 == orders[0] })
            #expect(orders[0].sorted() == Array(0..<(writers * each)))
            let sequence = try await fixture.database.query("SELECT id FROM change_feed ORDER BY sequence")
                .map { row throws in Int(try #require(RouterID(row.column(0, as: String.self))).low) }
            #expect(sequence != orders[0], "the writers did not commit out of order: the test shows nothing")
        }
    }

    private func write(_ feed: FeedTail, writers: Int, each: Int) async throws {
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in 0..<each {
                        try await fixture.database.withTransaction { transaction in
                            try await transaction.execute("SELECT pg_current_xact_id()")
                            _ = try await transaction.query("SELECT pg_sleep(random() * 0.01)")
                            try await feed.append(fixture.change(writer * each + number), in: transaction)
                            _ = try await transaction.query("SELECT pg_sleep(random() * 0.01)")
                        }
                        feed.noteCommit()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a snapshot and the watch after it together miss nothing`() async throws {
        let feed = fixture.feed()
        try await fixture.database.execute("CREATE TABLE objects (number int PRIMARY KEY)")
        try await fixture.following(feed) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        for number in 0..<50 {
                            try await fixture.database.withTransaction { transaction in
                                let object = writer * 50 + number
                                try await transaction.execute("INSERT INTO objects (number) VALUES (\(object))")
                                try await feed.append(fixture.change(object), in: transaction)
                            }
                            feed.noteCommit()
                        }
                    }
                }
                for _ in 0..<4 {
                    group.addTask {
                        let (state, position) = try await feed.withSnapshot { transaction, position in
                            let rows = try await transaction.query("SELECT number FROM objects")
                            return (try rows.map { row throws in try row.column(0, as: Int.self) }, position)
                        }
                        var seen = Set(state)
                        var watch = feed.watch(from: position).makeAsyncIterator()
                        while seen.count < 300, let entry = try await watch.nextEntry() { seen.insert(entry.number) }
                        #expect(seen == Set(0..<300))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a watch resumes after the last event it saw`() async throws {
        let feed = fixture.feed()
        let position = try await start
        try await fixture.following(feed) {
            for number in 0..<10 { try await fixture.write(feed, number) }
            var first = feed.watch(from: position).makeAsyncIterator()
            var last = position
            for _ in 0..<4 { last = try #require(try await first.nextEntry()).position }
            let resumed = try FeedPosition(last.description)
            var second = feed.watch(from: resumed).makeAsyncIterator()
            #expect(try await second.nextNumbers(6) == [4, 5, 6, 7, 8, 9])
        }
    }

    @Test func `a watch that resumes where nothing has happened since is told so at once`() async throws {
        let feed = fixture.feed()
        try await fixture.following(feed) {
            try await fixture.write(feed, 1)
            // The wake-up after a commit takes a transaction id of its own: the end is where none has come for a while.
            var position = try await start
            var unchanged = 0
            while unchanged < 10 {
                try await Task.sleep(for: .milliseconds(200))
                let now = try await start
                unchanged = now == position ? unchanged + 1 : 0
                position = now
            }
            let resumed = position
            let event = try await withThrowingTaskGroup(of: FeedEvent?.self) { group in
                group.addTask {
                    var again = feed.watch(from: resumed).makeAsyncIterator()
                    return try await again.next(isolation: nil)
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(10))
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            guard case .progress(let reached) = event else {
                Issue.record("\(String(describing: event))")
                return
            }
            #expect(reached >= resumed)
        }
    }

    @Test func `an idle watcher hears of progress`() async throws {
        let feed = fixture.feed()
        let position = try await start
        try await fixture.following(feed) {
            var watch = feed.watch(from: position).makeAsyncIterator()
            // Any transaction lets the feed advance.
            try await fixture.database.execute("CREATE TABLE other (id int)")
            while let event = try await watch.next(isolation: nil) {
                if case .progress(let reached) = event, reached > position { break }
            }
        }
    }

    @Test func `a watch without a position begins now`() async throws {
        let feed = fixture.feed()
        let position = try await start
        try await fixture.write(feed, 1)
        #expect(await eventually { try await isSettled })
        try await fixture.following(feed) {
            var watch = feed.watch().makeAsyncIterator()
            // Who hears of the change before shows that the tail stands behind it.
            var other = feed.watch(from: position).makeAsyncIterator()
            #expect(try await other.nextNumbers(1) == [1])
            try await fixture.write(feed, 2)
            #expect(try await watch.nextNumbers(1) == [2])
        }
    }

    @Test func `a change committed in another replica wakes the watchers of this one`() async throws {
        let here = fixture.feed()
        let replica = fixture.temporary.connect()
        defer { replica.close() }
        let there = FeedTail(database: replica, logger: .silent)
        let position = try await start
        try await fixture.following(here) {
            var watch = here.watch(from: position).makeAsyncIterator()
            for number in 0..<5 {
                try await replica.withTransaction { try await there.append(fixture.change(number), in: $0) }
                there.noteCommit()
                #expect(try await watch.nextNumbers(1) == [number])
            }
        }
    }

    @Test func `compacted entries are told apart from none`() async throws {
        let position = try await start
        let writer = fixture.feed()
        for number in 0..<30 { try await fixture.write(writer, number) }
        #expect(await eventually { try await isSettled })
        let feed = fixture.feed(retention: FeedRetention(count: 10))
        try await fixture.following(feed) {
            #expect(
                await eventually {
                    try await fixture.database.query("SELECT count(*) FROM change_feed")[0].column(0, as: Int.self)
                        == 10
                }
            )
            var late = feed.watch(from: position).makeAsyncIterator()
            await #expect(throws: ChangeFeedError.compacted) { try await late.nextEntry() }
            let rows = try await fixture.database.query(
                "SELECT xid::text || ':' || sequence FROM change_feed_compaction"
            )
            let kept = try FeedPosition(rows[0].column(0, as: String.self))
            var watch = feed.watch(from: kept).makeAsyncIterator()
            #expect(try await watch.nextNumbers(10) == Array(20..<30))
        }
    }

    @Test func `a position of another database's future is refused`() async throws {
        let feed = fixture.feed()
        let future = try FeedPosition("4611686018427387904:0")
        try await fixture.following(feed) {
            var watch = feed.watch(from: future).makeAsyncIterator()
            await #expect(throws: ChangeFeedError.compacted) { try await watch.nextEntry() }
        }
    }

    @Test(arguments: ["", "1", "1:2:3", "x:1", "1:-1", "-1:1", "18446744073709551616:0"])
    func `what is no position is refused`(text: String) {
        #expect(throws: ChangeFeedError.invalidPosition(text)) { try FeedPosition(text) }
    }

    @Test func `who does not read is told to start anew, and holds nobody up`() async throws {
        let feed = fixture.feed()
        let position = try await start
        try await fixture.following(feed) {
            var idle = feed.watch(from: position).makeAsyncIterator()
            // The first event proves that the idle one watches; then it stops reading.
            try await fixture.write(feed, 0)
            #expect(try await idle.nextNumbers(1) == [0])
            var busy = feed.watch(from: position).makeAsyncIterator()
            #expect(try await busy.nextNumbers(1) == [0])
            var count = 1
            while count <= 20_000 {
                try await fixture.database.withTransaction { [count] transaction in
                    try await feed.append((count..<count + 1000).map { fixture.change($0) }, in: transaction)
                }
                feed.noteCommit()
                #expect(try await busy.nextNumbers(1000).first == count)
                count += 1000
            }
            let error = await #expect(throws: ChangeFeedError.self) {
                while try await idle.nextEntry() != nil {}
            }
            #expect(error == .fellBehind)
        }
    }

    @Test func `the end of the service ends the watches`() async throws {
        let feed = fixture.feed()
        var watch = feed.watch().makeAsyncIterator()
        try await fixture.following(feed) {}
        await #expect(throws: ChangeFeedError.closed) { try await watch.nextEntry() }
        var late = feed.watch().makeAsyncIterator()
        await #expect(throws: ChangeFeedError.closed) { try await late.nextEntry() }
    }
}
