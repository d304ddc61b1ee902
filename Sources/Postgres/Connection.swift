internal import CPostgres

/// What a connection reports, always on the loop's thread.
protocol ConnectionOwner: AnyObject {
    func connectionOpened(_ connection: Connection)
    /// The request's `outcome` is set. When the connection breaks, every request it still had ends so, before it closes.
    func connection(_ connection: Connection, ended request: Request)
    func connection(_ connection: Connection, heard notification: Notification)
    func connectionClosed(_ connection: Connection, because error: PostgresError)
    /// Nothing is owed on it any more.
    func connectionDrained(_ connection: Connection)
}

extension ConnectionOwner {
    func connectionDrained(_ connection: Connection) {}
}

/// One session with the server, in libpq's pipeline mode: statements go out one after another without waiting, and
/// their results come back in the same order.
///
/// Sendable: everything is touched on the loop's thread only.
final class Connection: EventHandler, @unchecked Sendable {
    enum State {
        case starting
        case connecting
        case open
        /// Out of pipeline mode, for one script.
        case running(Request)
        case closed
    }

    /// What the server still owes us an answer to, in order.
    enum Entry {
        case preparation(Request, text: String, name: String)
        case statement(Request)
        case forgetting
        case sync
    }

    /// How a connection goes back to the pool.
    enum Departure {
        /// Not yet.
        case none
        /// As soon as nothing is owed on it.
        case leaving
        /// When its transaction has been undone.
        case undoing
    }

    let loop: EventLoop
    let configuration: PostgresConfiguration
    let role: ConnectionRole
    weak var owner: (any ConnectionOwner)?

    var state = State.starting
    /// libpq's connection, from the moment it exists until `close`.
    var link: OpaquePointer?
    var owed = Fifo<Entry>()
    var cache = StatementCache()
    /// Statements were sent since the last sync.
    var isUnsynced = false
    /// libpq holds bytes the socket did not take.
    var isCongested = false
    /// How many requests are under way.
    var load = 0
    /// Since when the server works on the first of them.
    var headSince: MonotonicTime
    /// How far its present user has left.
    var departure = Departure.none
    /// Gets no more requests and ends with the one it has.
    var isRetiring = false
    var connectTimer: TimerQueue.ID?
    /// The socket the loop watches: libpq forgets its number when it closes it.
    private var watched: CInt?

    /// Cancel requests sent so far, and those not yet back.
    var cancelsSent = 0
    var cancelsUnderWay = 0
    /// Ended while a cancel request was under way, which could otherwise hit the statement after it.
    var held: [Request] = []

    init(loop: EventLoop, configuration: PostgresConfiguration, role: ConnectionRole, owner: any ConnectionOwner) {
        self.loop = loop
        self.configuration = configuration
        self.role = role
        self.owner = owner
        headSince = loop.now
    }

    deinit {
        if let link { PQfinish(link) }
    }

    var isOpen: Bool {
        switch state {
        case .open, .running: true
        case .starting, .connecting, .closed: false
        }
    }

    var runsScript: Bool {
        if case .running = state { return true }
        return false
    }

    /// Nothing is under way.
    var isDrained: Bool {
        guard case .open = state else { return false }
        return owed.isEmpty && held.isEmpty && cancelsUnderWay == 0
    }

    /// A transaction is open, or has failed.
    var isInTransaction: Bool {
        guard let link else { return false }
        return [PQTRANS_INTRANS, PQTRANS_INERROR].contains(PQtransactionStatus(link))
    }

    /// Nothing is under way and no transaction is open: the next user finds it as new.
    var isClean: Bool {
        guard isDrained, let link else { return false }
        return PQtransactionStatus(link) == PQTRANS_IDLE
    }

    /// How long the server has been working on what is first in line.
    var headAge: Duration { load == 0 ? .zero : loop.now.elapsed(since: headSince) }

    /// The request the server works on.
    var headRequest: Request? {
        switch owed.first {
        case .preparation(let request, _, _), .statement(let request): request
        case .forgetting, .sync, nil: nil
        }
    }

    /// Takes back the requests behind the one the server works on.
    ///
    /// It will still run them; their answers are nobody's.
    func takeBackFollowers() -> [Request] {
        let head = headRequest
        var followers: [Request] = []
        owed.replaceAll { entry in
            switch entry {
            case .statement(let request) where request !== head:
                followers.append(request)
                return .forgetting
            case .preparation(let request, _, _) where request !== head: return .forgetting
            case .statement, .preparation, .forgetting, .sync: return entry
            }
        }
        load -= followers.count
        return followers
    }

    func ready() {
        switch state {
        case .connecting: advanceConnecting()
        case .open, .running: receive()
        case .starting, .closed: break
        }
    }

    /// libpq's last word about the connection.
    var complaint: String {
        guard let link else { return "no connection" }
        let text = String(cString: PQerrorMessage(link)).trimmingNewlines
        return text.isEmpty ? "the server closed the connection" : text
    }

    func watch(for readiness: Readiness) {
        guard let link else { return }
        watched = PQsocket(link)
        loop.watch(PQsocket(link), for: readiness, handler: self)
    }

    func stopWatching() {
        if let watched { loop.unwatch(watched, handler: self) }
        watched = nil
    }

    /// Ends the session at once.
    ///
    /// Whatever was under way ends as lost.
    func close(because error: PostgresError) {
        if case .closed = state { return }
        let script: [Request] = if case .running(let request) = state { [request] } else { [] }
        state = .closed
        if let connectTimer { loop.cancel(connectTimer) }
        stopWatching()
        if let link { PQfinish(link) }
        link = nil
        endAll(script, reason: error.reason)
        owner?.connectionClosed(self, because: error)
    }

    private func endAll(_ script: [Request], reason: String) {
        var ended = held + script
        held = []
        while let entry = owed.popFirst() {
            if case .statement(let request) = entry { ended.append(request) }
        }
        load = 0
        for request in ended {
            if request.outcome == nil { request.outcome = .lost(reason) }
            owner?.connection(self, ended: request)
        }
    }
}
