internal import Postgres

/// How long entries are kept.
///
/// A watcher that was away for longer starts anew.
public struct FeedRetention: Hashable, Sendable {
    /// Entries older than this go.
    ///
    /// Default one hour.
    public var age: Duration
    /// The most entries to keep; the oldest beyond go.
    ///
    /// Default 1,000,000.
    public var count: Int

    /// An age and a count.
    public init(age: Duration = .seconds(3600), count: Int = 1_000_000) {
        self.age = age
        self.count = count
    }
}

extension FeedStore {
    /// The most entries that go in one transaction.
    private static let compactionStep = 50_000

    /// Removes what need not be kept any longer, and records up to where first.
    ///
    /// - Returns: How many entries went; when that is a whole step, more may have to go.
    func compact(_ retention: FeedRetention) async throws -> Int {
        try await database.withTransaction { transaction in
            // Replicas compact one at a time; whoever comes second has nothing to do.
            let lock: SQL = "SELECT singleton FROM change_feed_compaction FOR UPDATE SKIP LOCKED"
            guard try await !transaction.query(lock).isEmpty else { return 0 }
            guard let cut = try await Self.cut(retention, in: transaction) else { return 0 }
            try await transaction.execute(
                """
                UPDATE change_feed_compaction
                SET xid = \(cut.transaction)::xid8, sequence = \(cut.sequence)::bigint
                """
            )
            return try await transaction.execute(
                """
                DELETE FROM change_feed
                WHERE (xid, sequence) <= (\(cut.transaction)::xid8, \(cut.sequence)::bigint)
                """
            )
        }
    }

    /// The last entry to go, out of the oldest ones.
    private static func cut(
        _ retention: FeedRetention,
        in transaction: Transaction
    ) async throws(PostgresError) -> FeedPosition? {
        let oldest: SQL = """
            SELECT xid, sequence
            FROM (
                SELECT xid, sequence, recorded_at, row_number() OVER (ORDER BY xid, sequence) AS place
                FROM change_feed
                WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY xid, sequence
                LIMIT \(compactionStep)
            ) AS oldest
            WHERE recorded_at < now() - make_interval(secs => \(retention.age / .seconds(1)))
                OR place <= (SELECT count(*) FROM change_feed) - \(retention.count)
            ORDER BY xid DESC, sequence DESC
            LIMIT 1
            """
        guard let row = try await transaction.query(oldest).first else { return nil }
        return FeedPosition(transaction: try row.column(0), sequence: try row.column(1))
    }
}
