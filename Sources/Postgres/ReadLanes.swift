internal import Logging

/// The few connections that reads outside transactions share.
///
/// Whatever is sent to one of them within a turn of the loop is a batch: one sync ends it, so an error in it keeps
/// those after it from running; they are sent again, each in a batch of its own. Sessions are read-only, which makes
/// that safe. A connection whose first query runs long gets no more until it is done; others are opened meanwhile.
///
/// Sendable: touched on the loop's thread only.
final class ReadLanes: ConnectionOwner, @unchecked Sendable {
    private static let slow = Duration.milliseconds(50)
    private static let cancelGrace = Duration.milliseconds(20)
    private static let attempts = 3

    private let loop: EventLoop
    private let configuration: PostgresConfiguration
    private let reachability: Reachability
    private var opener: Opener?
    private var lanes: [Connection] = []
    private var unsynced: [Connection] = []
    private var waiting = Fifo<Request>()
    private var isExpiryDue = false
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
        guard request.attempts > 0 else { return }
        loop.schedule(after: Self.cancelGrace) { [weak self] in self?.stopAbandonedHeads() }
    }

    func connectionClosed(_ connection: Connection, because error: PostgresError) {
        lanes.removeAll { $0 === connection }
        unsynced.removeAll { $0 === connection }
        reachability.lost()
        guard !isClosed else { return }
        openPermanentLanes()
    }

    func connection(_ connection: Connection, ended request: Request) {
        settle(request, from: connection)
        advance()
    }

    func connectionOpened(_ connection: Connection) {}
    func connection(_ connection: Connection, heard notification: Notification) {}

    func close() {
        isClosed = true
        opener?.close()
        for request in waiting.removeAll(where: { _ in true }) { request.finish(.failure(.closed)) }
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
        case .failed(let error) where error.meansServerIsAway: retryLost(request, reason: error.message)
        case .failed(let error): request.finish(.failure(.server(error)))
        case .lost(let reason): retryLost(request, reason: reason)
        }
    }

    private func sendAgain(_ request: Request) {
        request.startOver()
        if !isClosed, let lane = freeLane() { send(request, on: lane, isAlone: true) } else { hold(request) }
    }

    /// A read may be repeated when its connection broke.
    private func retryLost(_ request: Request, reason: String) {
        guard !isClosed else { return request.finish(.failure(.closed)) }
        guard request.attempts < Self.attempts, loop.now < request.deadline else {
            return request.finish(.failure(.connectionLost(reason)))
        }
        request.startOver()
        hold(request)
    }

    private func send(_ request: Request, on lane: Connection, isAlone: Bool = false) {
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

    /// The lane with the least to do.
    ///
    /// One held up by a slow query comes last, once no other can be opened.
    private func freeLane() -> Connection? {
        var quick: Connection?
        var any: Connection?
        for lane in lanes where lane.load < configuration.readsPerConnection {
            if lane.load < any?.load ?? .max { any = lane }
            if lane.load < quick?.load ?? .max, lane.headAge < Self.slow { quick = lane }
        }
        if let quick { return quick }
        guard !lanes.isEmpty, let opener else { return nil }
        if lanes.count + opener.wanted < max(configuration.readConnectionsLimit, configuration.readConnections) {
            opener.open()
        }
        return opener.wanted > 0 && opener.lastFailure == nil ? nil : any
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
        if lanes.isEmpty { reachability.lost() }
        guard case .tooOld = error else { return advance() }
        for request in waiting.removeAll(where: { _ in true }) { request.finish(.failure(error)) }
    }

    private func stopAbandonedHeads() {
        for lane in lanes {
            if let head = lane.headRequest, head.isAbandoned, head.outcome == nil { lane.stop(head) }
        }
    }
}
