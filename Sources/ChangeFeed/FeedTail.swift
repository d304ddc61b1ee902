public import Logging
public import Postgres
public import ServiceLifecycle
internal import Synchronization

/// A service's change feed: takes changes in within the writer's transaction, and tells watchers about them in an
/// order that never changes afterwards.
///
/// One loop per process follows the feed's table. It is woken by `noteCommit`, here or in another replica, and looks
/// once a second by itself. What it reads it hands to all watchers. A change becomes visible to watchers when no
/// transaction older than its writer is running any more.
public final class FeedTail: Service, Sendable {
    static let channel = "change_feed"

    let store: FeedStore
    let retention: FeedRetention
    let logger: Logger
    let watchers = FeedWatchers()
    let alarm = FeedAlarm()

    /// A feed whose tables the database has (see ``FeedSchema``).
    public init(database: Database, retention: FeedRetention = FeedRetention(), logger: Logger) {
        store = FeedStore(database: database)
        self.retention = retention
        self.logger = logger
    }

    /// Records changes; they are made known when the transaction commits, or never.
    ///
    /// They go to the server with the transaction's next statement or its commit.
    ///
    /// - Throws: `PostgresError`.
    public func append(_ changes: [FeedChange], in transaction: Transaction) async throws(PostgresError) {
        try await FeedStore.append(changes, in: transaction)
    }

    /// Records a change; it is made known when the transaction commits, or never.
    ///
    /// It goes to the server with the transaction's next statement or its commit.
    ///
    /// - Throws: `PostgresError`.
    public func append(_ change: FeedChange, in transaction: Transaction) async throws(PostgresError) {
        try await FeedStore.append([change], in: transaction)
    }

    /// Says that a transaction with changes has committed, so that watchers hear of them at once, in every replica.
    ///
    /// Forgetting it, or dying before, delays them by up to a second.
    public func noteCommit() {
        alarm.ring()
        store.database.notify(Self.channel)
    }

    /// Watches the changes after a position, or from now on: what transactions open at this moment change, and perhaps
    /// the last ones before.
    ///
    /// - Parameter position: From `withSnapshot`, or from the last event of an earlier watch.
    /// - Returns: The events, until the task is cancelled. The watch begins with this call.
    public func watch(from position: FeedPosition? = nil) -> FeedWatch {
        FeedWatch(store: store, subscription: watchers.subscribe(), from: position)
    }

    /// Runs the body in a read-only transaction that sees one state, together with the position at which to watch what
    /// changes after that state.
    ///
    /// Changes around that moment may be seen both in the state and in the watch.
    ///
    /// - Returns: What the body returned.
    /// - Throws: What the body throws, or `PostgresError`.
    public func withSnapshot<Result>(
        _ body: (Transaction, FeedPosition) async throws -> Result
    ) async throws -> Result {
        try await store.database.withTransaction(.snapshot) { transaction in
            try await body(transaction, FeedStore.position(in: transaction))
        }
    }
}
