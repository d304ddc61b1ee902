internal import ResourceModel

/// How soon a router is looked at after others changed it: at once as a rule, and ever later when it never ends, so that
/// a quarrel with another program costs little.
struct RepairPace: Sendable {
    typealias Instant = ContinuousClock.Instant

    private var repairs: [RouterID: (count: Int, last: Instant)] = [:]

    /// What several changes of one moment are gathered for.
    static let shortest = Duration.milliseconds(30)
    static let longest = Duration.seconds(10)
    /// How many repairs of one router go at full pace.
    private static let patience = 8
    /// After so long without one it is all forgotten.
    private static let memory = Duration.seconds(60)

    /// How long to wait before the router is looked at.
    func delay(for router: RouterID, at now: Instant) -> Duration {
        guard let past = repairs[router], now - past.last < Self.memory else { return Self.shortest }
        let doublings = min(max(past.count - Self.patience, 0), 10)
        return min(Self.shortest * (1 << doublings), Self.longest)
    }

    /// The router was found changed, and put right.
    mutating func repaired(_ router: RouterID, at now: Instant) {
        repairs = repairs.filter { now - $0.value.last < Self.memory }
        repairs[router] = ((repairs[router]?.count ?? 0) + 1, now)
    }
}
