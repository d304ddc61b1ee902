/// How many floating IPs a project has.
struct ProjectUsage: Hashable, Sendable {
    var used: Int64
    /// The most that it may have, where it has a limit of its own; -1 is without limit.
    var own: Int64?
}
