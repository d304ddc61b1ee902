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
        sessions = SessionPool(
            loop: loop,
            configuration: configuration,
            logger: logger,
            reachability: reachability
        )
        lanes = ReadLanes(loop: loop, configuration: configuration, logger: logger, reachability: reachability)
        signals = SignalChannel(loop: loop, configuration: configuration, logger: logger)
    }

    /// Opens the first connection and begins to look after all.
    func start() {
        _ = loop.execute { [weak self] in
            self?.sessions.start()
            self?.lookAfterConnections()
        }
    }

    var deadline: MonotonicTime { .now + configuration.acquireTimeout }

    /// Runs a read on a shared connection.
    func read(_ statement: Statement) async throws(PostgresError) -> Rows {
        if let defect = statement.defect { throw defect }
        let request = Request(.statement(statement), deadline: deadline)
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                request.await(continuation)
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
                waiter.await(continuation)
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

    /// Runs a request on a connection of the pool, in a transaction if options for one are given.
    func run(
        _ request: Request,
        on connection: Connection,
        beginning options: TransactionOptions? = nil
    ) async throws(PostgresError) -> Rows {
        if case .statement(let statement) = request.kind, let defect = statement.defect { throw defect }
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                request.await(continuation)
                hand(request) { self.sessions.submit(request, on: connection, beginning: options) }
            }
        } onCancel: {
            _ = loop.execute { self.sessions.abandon(request, on: connection) }
        }.get()
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
