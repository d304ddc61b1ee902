internal import Logging

/// The connections that transactions use, each by one at a time.
///
/// Sendable: touched on the loop's thread only.
final class SessionPool: ConnectionOwner, @unchecked Sendable {
    let loop: EventLoop
    private let configuration: PostgresConfiguration
    private let reachability: Reachability
    private var state: PoolState<Connection, SessionWaiter>
    private var members: [ObjectIdentifier: Connection] = [:]
    private var opener: Opener?
    private var expiry: Expiry?
    private var isClosed = false

    init(
        loop: EventLoop,
        configuration: PostgresConfiguration,
        logger: Logger,
        reachability: Reachability,
        siblings: Opener.Siblings
    ) {
        self.loop = loop
        self.configuration = configuration
        self.reachability = reachability
        state = PoolState(limit: configuration.poolSize)
        expiry = Expiry(loop: loop) { [weak self] in self?.expire() }
        opener = Opener(
            loop: loop,
            configuration: configuration,
            role: .transactions,
            logger: logger,
            siblings: siblings,
            opened: { [weak self] in self?.opened($0) },
            failed: { [weak self] in self?.openFailed($0) }
        )
    }

    /// Opens the first connection.
    func start() {
        perform(state.openIfUseful())
    }

    func acquire(_ waiter: SessionWaiter) {
        if isClosed { return waiter.finish(.failure(.closed)) }
        if waiter.isAbandoned { return waiter.finish(.failure(.cancelled)) }
        if case .tooOld(let text) = opener?.lastFailure { return waiter.finish(.failure(.tooOld(text))) }
        perform(state.acquire(waiter))
        if !waiter.isFinished { expiry?.include(waiter.deadline) }
    }

    func abandon(_ waiter: SessionWaiter) {
        waiter.abandon()
        if !waiter.isFinished, waiter.isWaiting { waiter.finish(.failure(.cancelled)) }
    }

    /// Takes a connection back.
    ///
    /// One with a transaction open, or broken, is not used again.
    func release(_ connection: Connection, mayBeReused: Bool = true) {
        let isClean = mayBeReused && connection.isClean && !isClosed
        for action in state.release(connection, isClean: isClean) { perform(action) }
    }

    /// Sends a request on a connection that was acquired.
    func submit(_ request: Request, on connection: Connection) {
        if request.isAbandoned, request.isCancellable { return request.finish(.failure(.cancelled)) }
        if case .script = request.kind { return connection.run(request) }
        connection.send(request)
        connection.sync()
    }

    func abandon(_ request: Request, on connection: Connection) {
        guard !request.isFinished, request.isCancellable else { return }
        request.abandon()
        if request.attempts > 0 { connection.stop(request) }
    }

    func connection(_ connection: Connection, ended request: Request) {
        guard var outcome = request.outcome else { return }
        // Skipped because one before it failed: that is the reason to give.
        if case .skipped = outcome, let reason = request.failureBefore { outcome = reason }
        request.finish(Self.result(of: outcome, isAbandoned: request.isAbandoned))
    }

    func connectionClosed(_ connection: Connection, because error: PostgresError) {
        members[ObjectIdentifier(connection)] = nil
        reachability.lost()
        connectionDrained(connection)
        guard !isClosed else { return }
        perform(state.lost(connection))
    }

    func connectionOpened(_ connection: Connection) {}
    func connection(_ connection: Connection, heard notification: Notification) {}

    func close() {
        isClosed = true
        for waiter in state.removeWaiters(where: { _ in true }) { waiter.finish(.failure(.closed)) }
        for connection in state.removeIdle() { connection.close(because: .closed) }
    }

    /// Ends also what is still taken.
    func closeAll() {
        opener?.close()
        for connection in Array(members.values) { connection.close(because: .closed) }
    }

    /// Gives up sessions whose server has not answered for longer than any statement may run.
    ///
    /// Scripts have no limit.
    func closeStuck(after limit: Duration) {
        for connection in Array(members.values) where connection.headAge > limit && !connection.runsScript {
            connection.close(because: .connectionLost("no answer for \(connection.headAge)"))
        }
    }

    var isBusy: Bool { state.taken > 0 }

    private func opened(_ connection: Connection) {
        guard !isClosed else { return connection.close(because: .closed) }
        connection.owner = self
        members[ObjectIdentifier(connection)] = connection
        reachability.reached()
        perform(state.opened(connection))
    }

    private func openFailed(_ error: PostgresError) {
        guard case .tooOld = error else { return }
        for waiter in state.removeWaiters(where: { _ in true }) { waiter.finish(.failure(error)) }
    }

    private func perform(_ action: PoolState<Connection, SessionWaiter>.Action) {
        switch action {
        case .grant(let connection, let waiter) where waiter.isFinished: release(connection)
        case .grant(let connection, let waiter): waiter.finish(.success(connection))
        case .open: opener?.open()
        case .discard(let connection): connection.close(because: .connectionLost("left in a transaction"))
        case .none: break
        }
    }

    private func expire() {
        let now = MonotonicTime.now
        let reason = reasonForWaiting
        let expired = state.removeWaiters { waiter in
            if waiter.isFinished || waiter.deadline <= now { return true }
            expiry?.include(waiter.deadline)
            return false
        }
        for waiter in expired where !waiter.isFinished { waiter.finish(.failure(reason)) }
    }

    private var reasonForWaiting: PostgresError {
        if let failure = opener?.lastFailure, members.isEmpty { return .unavailable(failure.reason) }
        if members.isEmpty { return .unavailable("no connection within \(configuration.acquireTimeout)") }
        return .timedOut(
            "no connection became free within \(configuration.acquireTimeout): \(state.taken) of \(state.limit) in use"
        )
    }

    private static func result(of outcome: Outcome, isAbandoned: Bool) -> Result<Rows, PostgresError> {
        switch outcome {
        case .rows(let rows): .success(rows)
        case .failed(let error) where error.isQueryCancelled:
            .failure(isAbandoned ? .cancelled : .timedOut(error.message))
        case .failed(let error) where error.meansServerIsAway: .failure(.connectionLost(error.message))
        case .failed(let error): .failure(.server(error))
        case .skipped: .failure(.rolledBack("the transaction could not begin"))
        case .lost(let reason): .failure(isAbandoned ? .cancelled : .connectionLost(reason))
        }
    }
}
