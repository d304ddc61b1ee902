internal import NIOCore

/// Counts what a peer does beside calls, and says when it is too much.
///
/// A value.
struct PeerConduct {
    enum Verdict: Equatable {
        case fine
        /// End the connection with ENHANCE_YOUR_CALM; the text is the GOAWAY's and the log's.
        case tooMuch(String)
    }

    private let limits: PeerConductLimits
    private var settings = RatePerSecond()
    private var idleFrames = RatePerSecond()
    private var resets: TokenBucket
    private var strikes = 0
    private var lastPing: NIODeadline?

    init(_ limits: PeerConductLimits, now: NIODeadline) {
        self.limits = limits
        resets = TokenBucket(capacity: limits.resetBurst, perSecond: limits.resetsPerSecond, now: now)
    }

    mutating func settings(_ now: NIODeadline) -> Verdict {
        settings.count(now) > limits.settingsPerSecond ? .tooMuch("too_many_settings") : .fine
    }

    mutating func idleFrame(_ now: NIODeadline) -> Verdict {
        idleFrames.count(now) > limits.idleFramesPerSecond ? .tooMuch("too_many_idle_frames") : .fine
    }

    mutating func reset(_ now: NIODeadline) -> Verdict {
        resets.take(now) ? .fine : .tooMuch("too_many_resets")
    }

    /// A PING that comes sooner after the last than allowed is a strike; messages sent in between forgive it.
    ///
    /// Source: gRPC keep-alive, "Server enforcement" (GRFC A8).
    mutating func ping(_ now: NIODeadline) -> Verdict {
        defer { lastPing = now }
        guard let lastPing, now - lastPing < TimeAmount(limits.minimumPingInterval) else { return .fine }
        strikes += 1
        return strikes > limits.pingStrikes ? .tooMuch("too_many_pings") : .fine
    }

    /// We sent the peer headers or messages: its PINGs measure a line in use.
    mutating func sentData() {
        strikes = 0
        lastPing = nil
    }
}

/// Events in the current second.
private struct RatePerSecond {
    private var start: NIODeadline?
    private var events = 0

    mutating func count(_ now: NIODeadline) -> Int {
        if let start, now - start < .seconds(1) {
            events += 1
        } else {
            start = now
            events = 1
        }
        return events
    }
}

/// So many at once, and so many a second in the long run.
private struct TokenBucket {
    private let capacity: Double
    private let perSecond: Double
    private var tokens: Double
    private var filled: NIODeadline

    init(capacity: Int, perSecond: Int, now: NIODeadline) {
        self.capacity = Double(capacity)
        self.perSecond = Double(perSecond)
        tokens = Double(capacity)
        filled = now
    }

    mutating func take(_ now: NIODeadline) -> Bool {
        tokens = min(capacity, tokens + Double((now - filled).nanoseconds) / 1e9 * perSecond)
        filled = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
