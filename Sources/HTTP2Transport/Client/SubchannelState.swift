/// Whether one address can be called from one loop, and what to do about it.
///
/// A value; times are the caller's.
struct SubchannelState {
    enum Phase: Equatable {
        /// No connection, and no call that wants one.
        case idle
        case connecting
        case ready
        /// The last attempt failed; the next one is scheduled.
        case waiting
        case ended
    }

    /// What the subchannel must do.
    enum Action: Equatable {
        case nothing
        case connect
        case connectAfter(Duration)
    }

    /// A connection lost sooner than this counts as a failed attempt.
    private static let shortLife = Duration.seconds(1)

    private(set) var phase = Phase.idle
    private var failures = 0
    private let policy: BackoffPolicy

    init(policy: BackoffPolicy) {
        self.policy = policy
    }

    /// A call wants a connection.
    mutating func wanted() -> Action {
        guard phase == .idle else { return .nothing }
        phase = .connecting
        return .connect
    }

    mutating func connected() {
        if phase == .connecting { phase = .ready }
    }

    /// The attempt failed; `random` in -1…1 varies the wait.
    mutating func failed(random: Double) -> Action {
        guard phase == .connecting else { return .nothing }
        return waitAfterFailure(random)
    }

    /// The connection takes no more calls after `lifetime`, because the server ended it or it broke.
    mutating func lost(lifetime: Duration, random: Double) -> Action {
        guard phase == .ready else { return .nothing }
        guard lifetime >= Self.shortLife else { return waitAfterFailure(random) }
        failures = 0
        phase = .connecting
        return .connect
    }

    /// The connection was given up because nobody used it.
    mutating func idled() {
        if phase == .ready { phase = .idle }
        failures = 0
    }

    mutating func retryDue() -> Action {
        guard phase == .waiting else { return .nothing }
        phase = .connecting
        return .connect
    }

    mutating func end() {
        phase = .ended
    }

    private mutating func waitAfterFailure(_ random: Double) -> Action {
        failures += 1
        phase = .waiting
        return .connectAfter(policy.delay(afterFailures: failures, random: random))
    }
}
