internal import ChangeFeed
internal import Postgres

/// The service's database with its change feed.
struct NetworkStorage: Sendable {
    let database: Database
    let feed: FeedTail
    let quotas: QuotaDefaults

    /// Reads, each of one statement.
    var reading: Stores { Stores(source: database) }

    /// Runs the body in a transaction, with what it notes: changes go into the feed, counts into the quotas.
    ///
    /// When the database finds a deadlock the body runs again, so it has no effects outside of the transaction.
    ///
    /// - Throws: What the body throws, `overQuota`, or `PostgresError`; nothing is changed then.
    func writing<Result>(
        _ options: TransactionOptions = .readCommitted,
        _ body: (Writing) async throws -> Result
    ) async throws -> Result {
        let (result, hasChanges) = try await database.withTransaction(options, retrying: .serializationFailures) {
            transaction in
            let writing = Writing(transaction)
            let result = try await body(writing)
            let notes = writing.notes
            try await Stores(source: transaction).quotas.count(notes.counts, checking: notes.checked, defaults: quotas)
            try await feed.append(notes.changes, in: transaction)
            return (result, !notes.changes.isEmpty)
        }
        if hasChanges { feed.noteCommit() }
        return result
    }
}
