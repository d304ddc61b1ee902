internal import Logging

/// The moving parts of one database: loop, pool, lanes, signals.
///
/// Its methods may be called from any thread; what they hand to the loop runs there in the order of the calls.
final class Engine: Sendable {
    let configuration: PostgresConfiguration
    let loop = EventLoop()
    let reachability = Reachability()
    let sessions: SessionPool
    let lanes: ReadLanes
    let signals: SignalChannel

    init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        let siblings = Opener.Siblings()
        sessions = SessionPool(
            loop: loop,
            configuration: configuration,
            logger: logger,
            reachability: reachability,
            siblings: siblings
        )
        lanes = ReadLanes(
            loop: loop,
            configuration: configuration,
            logger: logger,
            reachability: reachability,
            siblings: siblings
        )
        signals = SignalChannel(loop: loop, configuration: configuration, logger: logger, siblings: siblings)
    }

    /// Opens the first connection and begins to look after all.
    func start() {
        _ = loop.execute { [weak self] in
            self?.sessions.start()
            self?.lookAfterConnections()
        }
    }

    var deadline: MonotonicTime { .now + configuration.acquireTimeout }

    /// Runs reads at the same time on shared connections.
    func read(_ statements: [Statement]) async throws(PostgresError) -> [Rows] {
        for statement in statements {
            if let defect = statement.defect { throw defect }
        }
        guard !statements.isEmpty else { return [] }
        let deadline = deadline
        let requests = statements.map { Request(.statement($0), deadline: deadline) }
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let gathering = Gathering(count: requests.count, continuation)
                for (index, request) in requests.enumerated() {
                    request.await { gathering.take($0, at: index) }
                }
                let isRunning = loop.execute { for request in requests { self.lanes.submit(request) } }
                if !isRunning { for request in requests { request.finish(.failure(.closed)) } }
            }
        } onCancel: {
            _ = loop.execute { for request in requests { self.lanes.abandon(request) } }
        }.get()
    }

    /// Runs a read on a shared connection.
    func read(_ statement: Statement) async throws(PostgresError) -> Rows {
        if let defect = statement.defect { throw defect }
        let request = Request(.statement(statement), deadline: deadline)
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                request.await { continuation.resume(returning: $0) }
                hand(request) { self.lanes.submit(request) }
            }
        } onCancel: {
            _ = loop.execute { self.lanes.abandon(request) }
        }.get()
    }

    /// Takes a connection out of the pool.
    ///
    /// It must come back by `release`.
    func acquire(within limit: Duration? = nil) async throws(PostgresError) -> Connection {
        let waiter = SessionWaiter(deadline: limit.map { .now + $0 } ?? deadline)
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                waiter.await { continuation.resume(returning: $0) }
                let isRunning = loop.execute { self.sessions.acquire(waiter) }
                if !isRunning { waiter.finish(.failure(.closed)) }
            }
        } onCancel: {
            _ = loop.execute { self.sessions.abandon(waiter) }
        }.get()
    }

    func release(_ connection: Connection, mayBeReused: Bool = true) {
        _ = loop.execute { self.sessions.release(connection, mayBeReused: mayBeReused) }
    }

    /// Runs a request on a connection that was acquired.
    func run(_ request: Request, on connection: Connection) async throws(PostgresError) -> Rows {
        if let defect = request.defect { throw defect }
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                request.await { continuation.resume(returning: $0) }
                hand(request) { self.sessions.submit(request, on: connection) }
            }
        } onCancel: {
            _ = loop.execute { self.sessions.abandon(request, on: connection) }
        }.get()
    }

    /// Runs requests together on the connection of a lease, which gets one when it has none, and gives the rows of each.
    ///
    /// The transaction of the options is begun when none was. After the last requests the connection goes back, whatever
    /// becomes of them.
    @discardableResult
    func run(
        _ requests: [Request],
        on lease: Lease,
        beginning options: TransactionOptions?,
        isLast: Bool
    ) async throws(PostgresError) -> [Rows] {
        guard let last = requests.last else { return [] }
        for request in requests {
            guard let defect = request.defect else { continue }
            if isLast { await undo(Request(.statement(Statement("ROLLBACK")), deadline: deadline), on: lease) }
            throw defect
        }
        let batch = Lease.Batch(requests: requests, options: options, isLast: isLast)
        _ = try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                last.await { continuation.resume(returning: $0) }
                hand(last) { self.sessions.submit(batch, on: lease) }
            }
        } onCancel: {
            _ = loop.execute { self.sessions.abandon(last, on: lease) }
        }.get()
        // They came before the last, and are touched no more.
        return requests.compactMap(\.rows)
    }

    /// Undoes what was done on a lease and ends it.
    func undo(_ request: Request, on lease: Lease) async {
        _ = await withUnsafeContinuation { continuation in
            request.await { continuation.resume(returning: $0) }
            hand(request) { self.sessions.undo(request, on: lease) }
        }
    }

    private func hand(_ request: Request, to job: @escaping @Sendable () -> Void) {
        if !loop.execute(job) { request.finish(.failure(.closed)) }
    }

    /// Once a second, on the loop.
    ///
    /// A statement's own time limit is the server's business; should it keep silent for long after, the connection is
    /// given up.
    private func lookAfterConnections() {
        loop.schedule(after: .seconds(1)) { [weak self] in
            guard let self else { return }
            if configuration.statementTimeout > .zero {
                let limit = configuration.statementTimeout + .seconds(10)
                sessions.closeStuck(after: limit)
                lanes.closeStuck(after: limit)
            }
            lanes.closeSpareLanes()
            lookAfterConnections()
        }
    }

    /// Refuses new callers, lets what holds a connection finish for a while, then closes all and ends the loop.
    func close(grace: Duration, then ended: @escaping @Sendable () -> Void = {}) {
        let isRunning = loop.execute { [self] in
            sessions.close()
            signals.close()
            finishClosing(until: MonotonicTime.now + grace, then: ended)
        }
        if !isRunning { ended() }
    }

    private func finishClosing(until limit: MonotonicTime, then ended: @escaping @Sendable () -> Void) {
        guard MonotonicTime.now < limit, sessions.isBusy || lanes.isBusy else {
            lanes.close()
            sessions.closeAll()
            loop.stop()
            return ended()
        }
        loop.schedule(after: .milliseconds(20)) { [weak self] in
            guard let self else { return ended() }
            finishClosing(until: limit, then: ended)
        }
    }
}
