/// When a silent peer is asked whether it lives (a PING), and when it is given up.
public struct KeepAliveConfiguration: Sendable, Hashable {
    /// Silence after which a PING is sent; nil never sends one.
    public var interval: Duration?
    /// How long the answer may take before the connection is closed.
    public var timeout: Duration
    /// Whether a connection without calls is asked too.
    public var permitWithoutCalls: Bool

    /// A rhythm of questions.
    public init(interval: Duration?, timeout: Duration, permitWithoutCalls: Bool = true) {
        self.interval = interval
        self.timeout = timeout
        self.permitWithoutCalls = permitWithoutCalls
    }
}

/// What a peer may do before it is sent away with ENHANCE_YOUR_CALM.
public struct PeerConductLimits: Sendable, Hashable {
    /// Shortest time between two PINGs of a peer while we send it nothing.
    public var minimumPingInterval: Duration = .seconds(5)
    /// PINGs that may come too early before the connection is ended.
    public var pingStrikes = 2
    /// SETTINGS frames allowed in one second.
    public var settingsPerSecond = 20
    /// Streams that may be reset by the peer at once (a burst), and how many a second in the long run.
    public var resetBurst = 500
    /// Long-run resets a second.
    public var resetsPerSecond = 100
    /// Frames of no use (empty DATA, PRIORITY) allowed in one second.
    public var idleFramesPerSecond = 2000

    /// Limits a well-behaved gRPC client does not come near.
    public init() {}
}

/// Exponential waiting between attempts to connect.
///
/// Source: gRPC's connection back-off protocol (grpc/doc/connection-backoff.md).
public struct BackoffPolicy: Sendable, Hashable {
    /// First wait.
    public var initial: Duration
    /// Longest wait.
    public var maximum: Duration
    /// Factor from one wait to the next.
    public var multiplier: Double
    /// Share of the wait by which it is varied at random, 0…1.
    public var jitter: Double

    /// Waits fit for services that restart within seconds.
    public init(
        initial: Duration = .milliseconds(100),
        maximum: Duration = .seconds(5),
        multiplier: Double = 1.6,
        jitter: Double = 0.2
    ) {
        self.initial = initial
        self.maximum = maximum
        self.multiplier = multiplier
        self.jitter = jitter
    }

    /// The wait after `failures` failed attempts in a row (1 for the first), before jitter.
    func delay(afterFailures failures: Int) -> Duration {
        var wait = initial
        for _ in 1..<max(1, failures) {
            wait = wait * multiplier
            guard wait < maximum else { return maximum }
        }
        return min(wait, maximum)
    }

    /// The same wait varied by `random` in -1…1.
    func delay(afterFailures failures: Int, random: Double) -> Duration {
        delay(afterFailures: failures) * (1 + jitter * min(1, max(-1, random)))
    }
}
