internal import Logging

/// The few connections that reads outside transactions share.
///
/// Whatever is sent to one of them within a turn of the loop is a batch: one sync ends it, so an error in it keeps
/// those after it from running; they are sent again, each in a batch of its own. Sessions are read-only, which makes
/// that safe. A connection whose query runs long gets no more until that is done, and what it has already goes to
/// another; more are opened meanwhile.
///
/// Sendable: touched on the loop's thread only.
final class ReadLanes: ConnectionOwner, @unchecked Sendable {
    /// Where one connection broke others may be about to: a moment later it is known which.
    private static let rest = Duration.milliseconds(5)
    private static let attempts = 4

    let loop: EventLoop
    let configuration: PostgresConfiguration
    private let reachability: Reachability
    var opener: Opener?
    var lanes: [Connection] = []
    private var unsynced: [Connection] = []
    var waiting = Fifo<Request>()
    private var resting: [Request] = []
    private var expiry: Expiry?
    var isStuckCheckDue = false
    var isAbandonedCheckDue = false
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
        expiry = Expiry(loop: loop) { [weak self] in self?.expire() }
        opener = Opener(
            loop: loop,
            configuration: configuration,
            role: .reads,
            logger: logger,
            siblings: siblings,
            opened: { [weak self] in self?.opened($0) },
            failed: { [weak self] in self?.openFailed($0) }
        )
    }

    func submit(_ request: Request) {
        if isClosed { return request.finish(.failure(.closed)) }
        if request.isAbandoned { return request.finish(.failure(.cancelled)) }
        if case .tooOld(let text) = opener?.lastFailure { return request.finish(.failure(.tooOld(text))) }
        openPermanentLanes()
        if waiting.isEmpty, let lane = freeLane() { return send(request, on: lane) }
        hold(request)
    }

    /// The caller is gone.
    ///
    /// A query that runs on for it is stopped at the server after a moment's grace: stopping costs a connection of its
    /// own, more than most queries do.
    func abandon(_ request: Request) {
        guard !request.isFinished else { return }
        request.abandon()
        request.finish(.failure(.cancelled))
        if request.attempts > 0 { watchForAbandonedHeads() }
    }

    func connectionClosed(_ connection: Connection, because error: PostgresError) {
        lanes.removeAll { $0 === connection }
        unsynced.removeAll { $0 === connection }
        reachability.lost()
        guard !isClosed else { return }
        openPermanentLanes()
        advance()
    }

    func connection(_ connection: Connection, ended request: Request) {
        settle(request, from: connection)
        advance()
        if connection.headRequest?.isAbandoned == true { watchForAbandonedHeads() }
        if connection.isRetiring, connection.load == 0 { connection.closeWhileBusy() }
    }

    func connectionOpened(_ connection: Connection) {}
    func connection(_ connection: Connection, heard notification: Notification) {}

    func close() {
        isClosed = true
        opener?.close()
        for request in waiting.removeAll(where: { _ in true }) + resting { request.finish(.failure(.closed)) }
        resting = []
        for lane in lanes { lane.close(because: .closed) }
    }

    var isBusy: Bool { !waiting.isEmpty || lanes.contains { $0.load > 0 } }

    func closeStuck(after limit: Duration) {
        for lane in lanes where lane.headAge > limit {
            lane.close(because: .connectionLost("no answer for \(lane.headAge)"))
        }
    }

    /// Closes the lanes that were opened beside slow queries and have nothing to do.
    func closeSpareLanes() {
        for lane in lanes.reversed() where lanes.count > configuration.readConnections && lane.load == 0 {
            lane.close(because: .closed)
        }
    }
}

extension ReadLanes {
    private func settle(_ request: Request, from lane: Connection) {
        guard !request.isAbandoned, let outcome = request.outcome else { return }
        switch outcome {
        case .rows(let rows): request.finish(.success(rows))
        case .skipped: sendAgain(request)
        case .failed(let error) where error.isQueryCancelled:
            // A cancel request meant for a query before this one may have come too late for that.
            let isMistaken = lane.cancelsSent != request.cancelsBefore && request.attempts < Self.attempts
            if isMistaken { sendAgain(request) } else { request.finish(.failure(.timedOut(error.message))) }
        case .failed(let error) where error.meansStalePlan && request.attempts < Self.attempts: sendAgain(request)
        case .failed(let error) where error.meansServerIsAway:
            retryLost(request, reason: error.message, isBlameless: true)
        case .failed(let error): request.finish(.failure(.server(error)))
        case .lost(let reason): retryLost(request, reason: reason)
        }
    }

    private func sendAgain(_ request: Request) {
        request.startOver()
        if !isClosed, let lane = freeLane() { send(request, on: lane, isAlone: true) } else { hold(request) }
    }

    /// A read may be repeated when its connection broke: a few times only if it may itself be the cause.
    private func retryLost(_ request: Request, reason: String, isBlameless: Bool = false) {
        guard !isClosed else { return request.finish(.failure(.closed)) }
        guard isBlameless || request.attempts < Self.attempts, loop.now < request.deadline else {
            return request.finish(.failure(.connectionLost(reason)))
        }
        request.startOver()
        resting.append(request)
        guard resting.count == 1 else { return }
        loop.schedule(after: Self.rest) { [weak self] in self?.wake() }
    }

    private func wake() {
        for request in resting { hold(request) }
        resting = []
        advance()
    }

    private func send(_ request: Request, on lane: Connection, isAlone: Bool = false) {
        watchForStuckLanes()
        if isAlone { lane.sync() }
        lane.send(request)
        if isAlone { return lane.sync() }
        guard !unsynced.contains(where: { $0 === lane }), lane.isOpen else { return }
        unsynced.append(lane)
        if unsynced.count == 1 { loop.atEndOfTurn { [weak self] in self?.syncAll() } }
    }

    private func syncAll() {
        let lanes = unsynced
        unsynced = []
        for lane in lanes { lane.sync() }
    }

    /// Sends what waits, as far as there is room.
    func advance() {
        while !waiting.isEmpty, let lane = freeLane(), let request = waiting.popFirst() {
            guard !request.isFinished else { continue }
            send(request, on: lane, isAlone: request.attempts > 0)
        }
    }

    func hold(_ request: Request) {
        waiting.append(request)
        expiry?.include(request.deadline)
    }

    private func expire() {
        let now = MonotonicTime.now
        let reason = reasonForWaiting
        let expired = waiting.removeAll { request in
            if request.isFinished || request.deadline <= now { return true }
            expiry?.include(request.deadline)
            return false
        }
        for request in expired where !request.isFinished { request.finish(.failure(reason)) }
    }

    private var reasonForWaiting: PostgresError {
        if lanes.isEmpty { return .unavailable(opener?.lastFailure?.reason ?? "no connection in time") }
        return .timedOut("all connections for reads stayed busy for \(configuration.acquireTimeout)")
    }

    private func openPermanentLanes() {
        guard let opener else { return }
        while lanes.count + opener.wanted < configuration.readConnections { opener.open() }
    }

    private func opened(_ connection: Connection) {
        guard !isClosed else { return connection.close(because: .closed) }
        connection.owner = self
        lanes.append(connection)
        reachability.reached()
        advance()
    }

    private func openFailed(_ error: PostgresError) {
        guard case .tooOld = error else { return advance() }
        for request in waiting.removeAll(where: { _ in true }) { request.finish(.failure(error)) }
    }
}
