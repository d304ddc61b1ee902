internal import Synchronization

/// An open transaction, valid within the scope it was given to.
///
/// It takes a connection and begins at the server together with its first statement. Statements run in the order of the
/// calls.
public final class Transaction: Sendable {
    private struct State {
        /// Something was sent, and BEGIN before it.
        var hasBegun = false
        var isOver = false
        var savepoints = 0
        var cursors = 0
        /// What goes out with the next statement.
        var postponed: [Request] = []
    }

    private let engine: Engine
    private let lease = Lease()
    private let options: TransactionOptions
    private let state = Mutex(State())

    init(engine: Engine, options: TransactionOptions) {
        self.engine = engine
        self.options = options
    }

    /// Runs a statement and gives its rows.
    ///
    /// - Throws: ``PostgresError``; after one, only `savepoint` scopes around it can save the transaction.
    public func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        try await run([sql])[0]
    }

    /// Runs statements one after another, on one way to the server and back, and gives the rows of each.
    ///
    /// - Throws: ``PostgresError`` of the first that failed, and then the others did not run; only `savepoint` scopes
    ///   around it can save the transaction after that.
    public func query(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
        statements.isEmpty ? [] : try await run(statements)
    }

    /// Runs a statement.
    ///
    /// - Returns: How many rows it affected.
    /// - Throws: ``PostgresError``; after one, only `savepoint` scopes around it can save the transaction.
    @discardableResult
    public func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await query(sql).affected
    }

    /// Runs a statement on the way of the next one, or of the commit at the latest; whichever it is fails when this does.
    ///
    /// - Returns: Where its rows are to be had.
    @discardableResult
    public func executeLater(_ sql: SQL) -> Postponed {
        let request = Request(.statement(Statement(sql)), deadline: engine.deadline)
        state.withLock { $0.postponed.append(request) }
        return Postponed(transaction: self, request: request)
    }

    /// Sends what was put off without waiting for anything else to go with.
    fileprivate func flush() async throws(PostgresError) {
        try await run([])
    }

    /// Runs the body such that its statements are undone together when it throws; the transaction then goes on.
    ///
    /// - Throws: What the body throws, or ``PostgresError``.
    @discardableResult
    public func savepoint<Result>(_ body: (Transaction) async throws -> Result) async throws -> Result {
        let name = state.withLock { state in
            state.savepoints += 1
            return "savepoint_\(state.savepoints)"
        }
        try await execute(SQL(unescaped: "SAVEPOINT \(name)"))
        do {
            let result = try await body(self)
            try await execute(SQL(unescaped: "RELEASE SAVEPOINT \(name)"))
            return result
        } catch {
            state.withLock { $0.postponed = [] }
            try await run([SQL(unescaped: "ROLLBACK TO SAVEPOINT \(name)")], isCancellable: false)
            throw error
        }
    }

    @discardableResult
    private func run(_ statements: [SQL], isCancellable: Bool = true) async throws(PostgresError) -> [Rows] {
        let requests = statements.map { sql in
            Request(.statement(Statement(sql)), deadline: engine.deadline, isCancellable: isCancellable)
        }
        let postponed = state.withLock { state -> [Request]? in
            guard !state.isOver else { return nil }
            state.hasBegun = true
            defer { state.postponed = [] }
            return state.postponed
        }
        guard let postponed else { throw .closed }
        let rows = try await engine.run(postponed + requests, on: lease, beginning: options, isLast: false)
        return Array(rows.dropFirst(postponed.count))
    }

    /// A name for a cursor that no other of this transaction has.
    func cursorName() -> String {
        state.withLock { state in
            state.cursors += 1
            return "cursor_\(state.cursors)"
        }
    }

    /// Makes it last.
    ///
    /// A transaction in which a statement failed is rolled back by the server, which is an error here.
    func commit() async throws(PostgresError) {
        guard let postponed = end() else { return }
        let request = Request(.statement(Statement("COMMIT")), deadline: engine.deadline, isCancellable: false)
        do throws(PostgresError) {
            let rows = try await engine.run(postponed + [request], on: lease, beginning: options, isLast: true)
            guard rows.last?.result.tag == "COMMIT" else { throw .rolledBack("a statement in it had failed") }
        } catch .connectionLost(let reason) {
            throw .outcomeUnknown(reason)
        }
    }

    /// Undoes it.
    ///
    /// When that fails the connection is broken, or will not be used again.
    func rollback() async {
        guard end() != nil else { return }
        await engine.undo(rollbackRequest, on: lease)
    }

    /// Undoes it without anyone waiting for that.
    func abandon() {
        guard end() != nil else { return }
        let request = rollbackRequest
        _ = engine.loop.execute { [engine, lease] in engine.sessions.undo(request, on: lease) }
    }

    private var rollbackRequest: Request {
        Request(.statement(Statement("ROLLBACK")), deadline: engine.deadline, isCancellable: false)
    }

    /// Ends the scope; gives what was put off, or nil when nothing has to be ended at the server.
    private func end() -> [Request]? {
        state.withLock { state in
            defer {
                state.isOver = true
                state.postponed = []
            }
            guard !state.isOver, state.hasBegun || !state.postponed.isEmpty else { return nil }
            return state.postponed
        }
    }
}

/// A statement that a transaction runs later.
public struct Postponed: Sendable {
    fileprivate let transaction: Transaction
    fileprivate let request: Request

    /// Its rows; it runs now when it has not yet.
    ///
    /// - Throws: ``PostgresError``.
    public var rows: Rows {
        get async throws(PostgresError) {
            if request.rows == nil { try await transaction.flush() }
            guard let rows = request.rows else { throw .closed }
            return rows
        }
    }
}
