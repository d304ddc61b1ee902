internal import Postgres
internal import ResourceModel

/// What one look at the feed gave.
struct FeedBatch: Sendable {
    let entries: [FeedEntry]
    /// All before it has been seen now.
    let position: FeedPosition
    /// More entries can be read at once.
    let isFull: Bool
    /// Entries exist that an older transaction, still open, holds back.
    let isHeldBack: Bool
}

/// The feed's statements.
struct FeedStore: Sendable {
    let database: Database

    /// Reads the entries after a position whose order can no longer change: those of transactions before the oldest one
    /// still running.
    ///
    /// One statement, so horizon, compaction and entries are of one moment.
    func read(
        after position: FeedPosition,
        upTo end: FeedPosition? = nil,
        limit: Int
    ) async throws(ChangeFeedError) -> FeedBatch {
        let last = end ?? FeedPosition(transaction: .max >> 1, sequence: .max)
        let sql: SQL = """
            SELECT now.horizon, gone.xid, gone.sequence,
                EXISTS (SELECT FROM change_feed AS later WHERE later.xid >= now.horizon),
                entry.xid, entry.sequence, entry.kind, entry.id, entry.scope, entry.revision, entry.deleted
            FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon) AS now
            CROSS JOIN change_feed_compaction AS gone
            LEFT JOIN LATERAL (
                SELECT xid, sequence, kind, id, scope, revision, deleted
                FROM change_feed
                WHERE xid < now.horizon
                    AND (xid, sequence) > (\(position.transaction)::xid8, \(position.sequence)::bigint)
                    AND (xid, sequence) <= (\(last.transaction)::xid8, \(last.sequence)::bigint)
                ORDER BY xid, sequence
                LIMIT \(limit)
            ) AS entry ON true
            ORDER BY entry.xid, entry.sequence
            """
        let batch: FeedBatch?
        do throws(PostgresError) {
            batch = try self.batch(of: await database.query(sql), after: position, limit: limit)
        } catch {
            throw .database(error)
        }
        guard let batch else { throw .compacted }
        return batch
    }

    /// Where a reader begins who has seen everything the transaction sees.
    static func position(in transaction: Transaction) async throws(PostgresError) -> FeedPosition {
        let rows = try await transaction.query("SELECT pg_snapshot_xmin(pg_current_snapshot())")
        return FeedPosition(transaction: try rows[0].column(0), sequence: 0)
    }

    func position() async throws(PostgresError) -> FeedPosition {
        let rows = try await database.query("SELECT pg_snapshot_xmin(pg_current_snapshot())")
        return FeedPosition(transaction: try rows[0].column(0), sequence: 0)
    }

    static func append(_ changes: [FeedChange], in transaction: Transaction) async throws(PostgresError) {
        guard !changes.isEmpty else { return }
        transaction.executeLater(
            """
            INSERT INTO change_feed (kind, id, scope, revision, deleted)
            SELECT kind, id, scope, revision, deleted
            FROM unnest(\(changes.map(\.kind))::text[], \(changes.map(\.id))::uuid[],
                \(changes.map(\.scope))::text[], \(changes.map(\.revision))::bigint[],
                \(changes.map(\.isDeleted))::boolean[])
                WITH ORDINALITY AS change (kind, id, scope, revision, deleted, place)
            ORDER BY place
            """
        )
    }

    /// Nil when the entries after the position are gone, or it is none of this feed.
    private func batch(
        of rows: Rows,
        after position: FeedPosition,
        limit: Int
    ) throws(PostgresError) -> FeedBatch? {
        let (horizon, goneTransaction, goneSequence, isHeldBack) =
            try rows[0].decode(UInt64.self, UInt64.self, Int64.self, Bool.self)
        // A position of the future is one of another database, or of this one before it was restored to an earlier state.
        let gone = FeedPosition(transaction: goneTransaction, sequence: goneSequence)
        guard position >= gone, position.transaction <= horizon else {
            return nil
        }
        var entries: [FeedEntry] = []
        entries.reserveCapacity(rows.count)
        for row in rows {
            guard let transaction = try row.column(4, as: UInt64?.self) else { break }
            entries.append(try entry(of: row, transaction: transaction))
        }
        let isFull = entries.count == limit
        let seen = isFull ? entries.last?.position : FeedPosition(transaction: horizon, sequence: 0)
        return FeedBatch(
            entries: entries,
            position: max(seen ?? position, position),
            isFull: isFull,
            isHeldBack: isHeldBack
        )
    }

    private func entry(of row: Row, transaction: UInt64) throws(PostgresError) -> FeedEntry {
        let text = try row.column(7, as: String.self)
        guard let id = ID<FeedEntry>(text) else { throw .decoding("\"\(text)\" is not an id") }
        return FeedEntry(
            position: FeedPosition(transaction: transaction, sequence: try row.column(5)),
            kind: try row.column(6),
            id: id,
            scope: try row.column(8),
            revision: try row.column(9),
            isDeleted: try row.column(10)
        )
    }
}
