import ChangeFeed
import Postgres
import PostgresTestSupport
import ResourceModel

/// A database with a feed, and any number of replicas that follow it.
struct FeedFixture {
    static let migration = Migration(number: 1, name: "0001_create_change_feed", sql: FeedSchema.creation)

    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try await .make(migrations: [Self.migration]) { $0.poolSize = 20 }
    }

    func feed(retention: FeedRetention = FeedRetention()) -> FeedTail {
        FeedTail(database: database, retention: retention, logger: .silent)
    }

    /// Runs the body while the tail runs.
    func following<Result: Sendable>(
        _ feed: FeedTail,
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.run() }
            let result = try await body()
            group.cancelAll()
            while await group.nextResult() != nil {}
            return result
        }
    }

    func write(_ feed: FeedTail, _ number: Int, scope: String? = nil) async throws {
        try await database.withTransaction { transaction in
            try await feed.append(change(number, scope: scope), in: transaction)
        }
        feed.noteCommit()
    }

    func change(_ number: Int, scope: String? = nil, isDeleted: Bool = false) -> FeedChange {
        FeedChange(kind: "router", id: id(number), scope: scope, revision: Int64(number), isDeleted: isDeleted)
    }

    func id(_ number: Int) -> RouterID {
        RouterID(high: 0xa, low: UInt64(number))
    }
}

extension FeedEntry {
    /// The number of the fixture's router.
    var number: Int { Int(id(of: RouterKind.self).low) }
}

extension FeedWatch.AsyncIterator {
    /// The next entry, whatever progress lies before it.
    mutating func nextEntry() async throws(ChangeFeedError) -> FeedEntry? {
        while let event = try await next(isolation: nil) {
            if case .entry(let entry) = event { return entry }
        }
        return nil
    }

    /// So many entries' numbers.
    mutating func nextNumbers(_ count: Int) async throws(ChangeFeedError) -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count, let entry = try await nextEntry() { numbers.append(entry.number) }
        return numbers
    }
}
