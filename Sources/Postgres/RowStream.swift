internal import Synchronization

/// The rows of a big result, fetched from the server in batches as they are asked for.
///
/// Nothing happens before the first batch is asked for, and no more than one batch is held at a time.
public struct RowStream: AsyncSequence, Sendable {
    enum Source: Sendable {
        case database(Database)
        case transaction(Transaction)
    }

    let source: Source
    let sql: SQL
    let batch: Int

    /// Fetches batch after batch.
    ///
    /// Letting go of it early ends its transaction.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let cursor: Cursor

        init(_ stream: RowStream) {
            cursor = Cursor(stream)
        }

        /// The next batch, never empty; nil after the last one.
        ///
        /// - Throws: ``PostgresError``; the stream is over then.
        public mutating func next() async throws(PostgresError) -> Rows? {
            try await cursor.next()
        }

        /// The next batch, never empty; nil after the last one.
        ///
        /// - Throws: ``PostgresError``; the stream is over then.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(PostgresError) -> Rows? {
            try await cursor.next()
        }
    }

    /// Begins anew: the statement runs once per iterator.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}

extension Database {
    /// Streams a read's rows from a connection of its own, all as of one moment.
    ///
    /// - Parameters:
    ///   - sql: A SELECT.
    ///   - batch: How many rows to fetch at a time. 1…100000.
    /// - Returns: The rows in batches, to be iterated with `for try await`.
    public func stream(_ sql: SQL, batch: Int = 500) -> RowStream {
        RowStream(source: .database(self), sql: sql, batch: batch)
    }
}

extension Transaction {
    /// Streams a SELECT's rows within the transaction, as of the moment the first batch is asked for.
    ///
    /// - Parameters:
    ///   - sql: A SELECT.
    ///   - batch: How many rows to fetch at a time. 1…100000.
    /// - Returns: The rows in batches, to be iterated with `for try await`.
    public func stream(_ sql: SQL, batch: Int = 500) -> RowStream {
        RowStream(source: .transaction(self), sql: sql, batch: batch)
    }
}

/// One run through a stream: a cursor at the server.
private final class Cursor: Sendable {
    private enum Phase {
        case new
        case open(Transaction, name: String)
        case over
    }

    private let stream: RowStream
    private let phase = Mutex(Phase.new)

    init(_ stream: RowStream) {
        self.stream = stream
    }

    deinit {
        guard case .open(let transaction, _) = phase.withLock({ $0 }) else { return }
        if case .database = stream.source { transaction.abandon() }
    }

    func next() async throws(PostgresError) -> Rows? {
        do throws(PostgresError) {
            guard let (transaction, name) = try await openIfNeeded() else { return nil }
            let rows = try await transaction.query(SQL(unescaped: "FETCH \(stream.batch) FROM \(name)"))
            if rows.count < stream.batch { try await finish(transaction, name) }
            return rows.isEmpty ? nil : rows
        } catch {
            await fail()
            throw error
        }
    }

    private func openIfNeeded() async throws(PostgresError) -> (Transaction, name: String)? {
        switch phase.withLock({ $0 }) {
        case .over: return nil
        case .open(let transaction, let name): return (transaction, name)
        case .new: break
        }
        let transaction = begin()
        let name = transaction.cursorName()
        phase.withLock { $0 = .open(transaction, name: name) }
        try await transaction.execute("DECLARE \(unescaped: name) NO SCROLL CURSOR FOR \(stream.sql)")
        return (transaction, name)
    }

    private func begin() -> Transaction {
        switch stream.source {
        case .transaction(let transaction): transaction
        case .database(let database): Transaction(engine: database.engine, options: .snapshot)
        }
    }

    private func finish(_ transaction: Transaction, _ name: String) async throws(PostgresError) {
        phase.withLock { $0 = .over }
        switch stream.source {
        case .transaction: try await transaction.execute(SQL(unescaped: "CLOSE \(name)"))
        case .database: try await transaction.commit()
        }
    }

    private func fail() async {
        let last = phase.withLock { phase in
            defer { phase = .over }
            return phase
        }
        guard case .open(let transaction, _) = last, case .database = stream.source else { return }
        await transaction.rollback()
    }
}
