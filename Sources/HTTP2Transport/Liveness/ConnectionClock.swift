internal import NIOCore

/// What time asks of a connection: PINGs, giving up, draining.
///
/// A value; the connection keeps one timer for it.
struct ConnectionClock {
    /// The times that govern a connection, from its configuration.
    struct Rhythm {
        var keepAlive: KeepAliveConfiguration
        var idleTimeout: Duration?
        var maxAge: Duration?
        var handshakeTimeout: Duration
        /// How long a drained connection's calls may go on.
        var gracePeriod: Duration?
    }

    enum Duty: Equatable {
        /// Ask the peer whether it lives.
        case ping
        /// Close: the peer is silent, or did not finish its handshake.
        case giveUp(String)
        /// Close: the peer holds the connection with headers that do not end.
        case sendAway(String)
        /// Tell the peer to open no more calls: the connection is idle or old.
        case drain(String)
        /// Take no more calls: the peer had its time to hear of the drain.
        case refuse
        /// End the calls that are left.
        case cutOff
    }

    /// How long a peer that does not answer a drain's PING may still open calls.
    private static let drainNotice = TimeAmount.seconds(1)

    private enum Drain: Equatable {
        case no
        case announced(refuseAt: NIODeadline)
        case refusing
    }

    private let rhythm: Rhythm
    private var lastRead: NIODeadline
    private var pingSent: NIODeadline?
    private var idleSince: NIODeadline?
    private var handshakeDue: NIODeadline?
    private var headersDue: NIODeadline?
    private var ageDue: NIODeadline?
    private var drain = Drain.no
    private var cutOffDue: NIODeadline?

    init(_ rhythm: Rhythm, now: NIODeadline) {
        self.rhythm = rhythm
        lastRead = now
        idleSince = now
        handshakeDue = now + TimeAmount(rhythm.handshakeTimeout)
        ageDue = rhythm.maxAge.map { now + TimeAmount($0) }
    }

    var isDraining: Bool { drain != .no }

    /// Anything at all arrived; gives whether a PING was waiting for it, which moves ``next``.
    mutating func read(_ now: NIODeadline) -> Bool {
        lastRead = now
        defer { pingSent = nil }
        return pingSent != nil
    }

    /// The peer's SETTINGS arrived; gives whether they were the first, which moves ``next``.
    mutating func handshakeEnded() -> Bool {
        defer { handshakeDue = nil }
        return handshakeDue != nil
    }

    /// A header list begins; it has as long as a handshake.
    mutating func headersBegan(_ now: NIODeadline) {
        headersDue = now + TimeAmount(rhythm.handshakeTimeout)
    }

    mutating func headersEnded() {
        headersDue = nil
    }

    /// Whether a header list has begun and not ended.
    var awaitsHeaders: Bool { headersDue != nil }

    /// The number of open calls has changed.
    mutating func callsChanged(to count: Int, _ now: NIODeadline) {
        if count > 0 {
            idleSince = nil
        } else if idleSince == nil {
            idleSince = now
        }
    }

    /// A drain begins; gives false if it had begun already.
    mutating func beginDrain(_ now: NIODeadline) -> Bool {
        guard drain == .no else { return false }
        drain = .announced(refuseAt: now + Self.drainNotice)
        cutOffDue = rhythm.gracePeriod.map { now + TimeAmount($0) }
        return true
    }

    /// The peer has heard of the drain; gives whether new calls are to be refused from now on.
    mutating func drainHeard() -> Bool {
        guard case .announced = drain else { return false }
        drain = .refusing
        return true
    }

    /// What is due at `now`.
    ///
    /// Each is told once.
    mutating func due(_ now: NIODeadline) -> [Duty] {
        var duties: [Duty] = []
        if let handshakeDue, handshakeDue <= now {
            self.handshakeDue = nil
            duties.append(.giveUp("handshake took too long"))
        }
        if let headersDue, headersDue <= now {
            self.headersDue = nil
            duties.append(.sendAway("headers do not end"))
        }
        if let pingSent, pingSent + TimeAmount(rhythm.keepAlive.timeout) <= now {
            self.pingSent = nil
            duties.append(.giveUp("peer is silent"))
        } else if let due = pingDue, due <= now {
            pingSent = now
            duties.append(.ping)
        }
        if drain == .no, let reason = drainReason(now) { duties.append(.drain(reason)) }
        if case .announced(let refuseAt) = drain, refuseAt <= now {
            drain = .refusing
            duties.append(.refuse)
        }
        if let cutOffDue, cutOffDue <= now {
            self.cutOffDue = nil
            duties.append(.cutOff)
        }
        return duties
    }

    /// When to look again.
    var next: NIODeadline? {
        let pingEvent = pingSent.map { $0 + TimeAmount(rhythm.keepAlive.timeout) } ?? pingDue
        let earliest = Self.earlier(Self.earlier(handshakeDue, headersDue), Self.earlier(cutOffDue, pingEvent))
        return switch drain {
        case .no: Self.earlier(earliest, Self.earlier(ageDue, idleDue))
        case .announced(let refuseAt): Self.earlier(earliest, refuseAt)
        case .refusing: earliest
        }
    }

    private static func earlier(_ one: NIODeadline?, _ other: NIODeadline?) -> NIODeadline? {
        guard let one else { return other }
        return other.map { min(one, $0) } ?? one
    }

    private var pingDue: NIODeadline? {
        guard pingSent == nil, handshakeDue == nil, let interval = rhythm.keepAlive.interval else { return nil }
        guard rhythm.keepAlive.permitWithoutCalls || idleSince == nil else { return nil }
        return lastRead + TimeAmount(interval)
    }

    private var idleDue: NIODeadline? {
        guard let idleSince, let timeout = rhythm.idleTimeout else { return nil }
        return idleSince + TimeAmount(timeout)
    }

    private func drainReason(_ now: NIODeadline) -> String? {
        if let ageDue, ageDue <= now { return "connection is old" }
        if let idleDue, idleDue <= now { return "connection is idle" }
        return nil
    }
}
