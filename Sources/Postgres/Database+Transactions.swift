extension Database {
    /// Runs the body in a transaction: committed when it returns, rolled back when it throws or the task is cancelled.
    ///
    /// - Parameters:
    ///   - options: Isolation, and whether it only reads.
    ///   - retrying: When the body is run again. By default never.
    ///   - body: Gets the transaction, which is of no use after it.
    /// - Returns: What the body returned.
    /// - Throws: What the body throws, or ``PostgresError``. Nothing is changed then, except that after
    ///   `.outcomeUnknown` all of it may be.
    @discardableResult
    public func withTransaction<Result>(
        _ options: TransactionOptions = .readCommitted,
        retrying: TransactionOptions.Retry = .nothing,
        _ body: (Transaction) async throws -> Result
    ) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await withOneTransaction(options, body)
            } catch let error as PostgresError {
                guard case .serializationFailures(let attempts) = retrying, attempt < attempts,
                    error.serverError?.isSerializationFailure == true
                else { throw error }
                attempt += 1
            }
        }
    }

    private func withOneTransaction<Result>(
        _ options: TransactionOptions,
        _ body: (Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = Transaction(engine: engine, options: options)
        do {
            let result = try await body(transaction)
            if Task.isCancelled { throw PostgresError.cancelled }
            try await transaction.commit()
            return result
        } catch {
            await transaction.rollback()
            throw error
        }
    }

    /// Runs statements in one transaction that goes to the server as a whole, so that it takes one way there and back.
    ///
    /// - Returns: The rows of each.
    /// - Throws: ``PostgresError`` of the first that failed, and nothing is changed then; on `.outcomeUnknown` all of it
    ///   may be.
    @discardableResult
    public func perform(
        _ statements: [SQL],
        _ options: TransactionOptions = .readCommitted
    ) async throws(PostgresError) -> [Rows] {
        let deadline = engine.deadline
        let requests = (statements + ["COMMIT"]).map { Request(.statement(Statement($0)), deadline: deadline) }
        do throws(PostgresError) {
            return try await engine.run(requests, on: Lease(), beginning: options, isLast: true).dropLast()
        } catch .connectionLost(let reason) {
            throw .outcomeUnknown(reason)
        }
    }
}
