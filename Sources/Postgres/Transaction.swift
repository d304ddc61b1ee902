internal import Synchronization

/// An open transaction, valid within the scope it was given to.
///
/// It begins at the server together with its first statement. Statements run in the order of the calls.
public final class Transaction: Sendable {
    private struct State {
        /// A statement was sent, and BEGIN before it.
        var hasBegun = false
        var isOver = false
        var savepoints = 0
        var cursors = 0
    }

    let engine: Engine
    let connection: Connection
    private let options: TransactionOptions
    private let state = Mutex(State())

    init(engine: Engine, connection: Connection, options: TransactionOptions) {
        self.engine = engine
        self.connection = connection
        self.options = options
    }

    /// Runs a statement and gives its rows.
    ///
    /// - Throws: ``PostgresError``; after one, only `savepoint` scopes around it can save the transaction.
    public func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        try await run(.statement(Statement(sql)), isCancellable: true)
    }

    /// Runs a statement.
    ///
    /// - Returns: How many rows it affected.
    /// - Throws: ``PostgresError``; after one, only `savepoint` scopes around it can save the transaction.
    @discardableResult
    public func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await query(sql).affected
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
            let undoing = Statement(SQL(unescaped: "ROLLBACK TO SAVEPOINT \(name)"))
            _ = try await run(.statement(undoing), isCancellable: false)
            throw error
        }
    }

    func run(_ kind: Request.Kind, isCancellable: Bool) async throws(PostgresError) -> Rows {
        let isOver = state.withLock { state in
            state.hasBegun = true
            return state.isOver
        }
        if isOver { throw .closed }
        let request = Request(kind, deadline: engine.deadline, isCancellable: isCancellable)
        return try await engine.run(request, on: connection, beginning: options)
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
        guard end() else { return }
        let request = Request(.statement(Statement("COMMIT")), deadline: engine.deadline, isCancellable: false)
        do throws(PostgresError) {
            guard try await engine.run(request, on: connection).result.tag == "COMMIT" else {
                throw .rolledBack("a statement in it had failed")
            }
        } catch .connectionLost(let reason) {
            throw .outcomeUnknown(reason)
        }
    }

    /// Undoes it.
    ///
    /// When that fails the connection is broken, or will not be used again.
    func rollback() async {
        guard end() else { return }
        let request = Request(.statement(Statement("ROLLBACK")), deadline: engine.deadline, isCancellable: false)
        _ = try? await engine.run(request, on: connection)
    }

    /// Undoes it without anyone waiting for that, and gives the connection back afterwards.
    func abandon() {
        let isOpen = end()
        let request = Request(.statement(Statement("ROLLBACK")), deadline: engine.deadline, isCancellable: false)
        _ = engine.loop.execute { [engine, connection] in
            guard isOpen else { return engine.sessions.release(connection) }
            engine.sessions.release(connection, after: request)
        }
    }

    /// Ends the scope, and says whether anything has to be ended at the server.
    private func end() -> Bool {
        state.withLock { state in
            defer { state.isOver = true }
            return state.hasBegun && !state.isOver
        }
    }
}
