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
    /// A connection whose query runs longer gets no more.
    private static let slow = Duration.milliseconds(50)
    /// What waits behind a query that runs longer is sent elsewhere.
    private static let stuck = Duration.milliseconds(200)
    private static let cancelGrace = Duration.milliseconds(20)
    /// Where one connection broke others may be about to: a moment later it is known which.
    private static let rest = Duration.milliseconds(5)
    private static let attempts = 4

    private let loop: EventLoop
    private let configuration: PostgresConfiguration
    private let reachability: Reachability
    private var opener: Opener?
    private var lanes: [Connection] = []
    private var unsynced: [Connection] = []
    private var waiting = Fifo<Request>()
    private var resting: [Request] = []
    private var isExpiryDue = false
    private var isStuckCheckDue = false
    private var isAbandonedCheckDue = false
    private var isClosed = false

    init(loop: EventLoop, configuration: PostgresConfiguration, logger: Logger, reachability: Reachability) {
        self.loop = loop
        self.configuration = configuration
        self.reachability = reachability
        opener = Opener(
            loop: loop,
            configuration: configuration,
            role: .reads,
            logger: logger,
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
    private func advance() {
        while !waiting.isEmpty, let lane = freeLane(), let request = waiting.popFirst() {
            guard !request.isFinished else { continue }
            send(request, on: lane, isAlone: request.attempts > 0)
        }
    }

    private func hold(_ request: Request) {
        waiting.append(request)
        if !isExpiryDue { awaitExpiry(of: request.deadline) }
    }

    /// One timer serves the whole line: all wait about equally long.
    private func awaitExpiry(of deadline: MonotonicTime) {
        isExpiryDue = true
        loop.schedule(after: deadline.elapsed(since: MonotonicTime.now)) { [weak self] in self?.expire() }
    }

    private func expire() {
        isExpiryDue = false
        let now = MonotonicTime.now
        let reason = reasonForWaiting
        for request in waiting.removeAll(where: { $0.isFinished || $0.deadline <= now }) where !request.isFinished {
            request.finish(.failure(reason))
        }
        if let next = waiting.first { awaitExpiry(of: next.deadline) }
    }

    private var reasonForWaiting: PostgresError {
        if lanes.isEmpty { return .unavailable(opener?.lastFailure?.reason ?? "no connection in time") }
        return .timedOut("all connections for reads stayed busy for \(configuration.acquireTimeout)")
    }

    /// The lane with the least to do, unless all are full or held up by a slow query: then another one is opened.
    private func freeLane() -> Connection? {
        var free: Connection?
        for lane in lanes where lane.isOpen && !lane.isRetiring && lane.load < configuration.readsPerConnection {
            if lane.load < free?.load ?? .max, lane.headAge < Self.slow { free = lane }
        }
        if free == nil, !lanes.isEmpty, let opener, lanes.count + opener.wanted < configuration.readConnectionsLimit {
            opener.open()
        }
        return free
    }

    private func watchForStuckLanes() {
        guard !isStuckCheckDue else { return }
        isStuckCheckDue = true
        loop.schedule(after: Self.slow) { [weak self] in
            guard let self else { return }
            isStuckCheckDue = false
            for lane in lanes { relieve(lane) }
            advance()
            if lanes.contains(where: { $0.load > 0 }) { watchForStuckLanes() }
        }
    }

    /// Sends what waits behind a slow query to another lane, if there is one that answers: should all be slow, it is
    /// the server that is.
    ///
    /// The server still has what was sent here, so the lane ends with that query.
    private func relieve(_ lane: Connection) {
        guard lane.isOpen, !lane.isRetiring, lane.load > 1, lane.headAge > Self.stuck, freeLane() != nil else { return }
        lane.isRetiring = true
        for request in lane.takeBackFollowers() where !request.isFinished {
            request.startOver()
            hold(request)
        }
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

    private func watchForAbandonedHeads() {
        guard !isAbandonedCheckDue else { return }
        isAbandonedCheckDue = true
        loop.schedule(after: Self.cancelGrace) { [weak self] in
            guard let self else { return }
            isAbandonedCheckDue = false
            for lane in lanes {
                guard let head = lane.headRequest, head.isAbandoned else { continue }
                if lane.headAge >= Self.cancelGrace { lane.stop(head) }
                watchForAbandonedHeads()
            }
        }
    }
}
