internal import ResourceModel

/// What a sweep found.
struct SweepFinding: Hashable, Sendable {
    /// The routers in the kernel that nobody wants.
    var routers: Set<RouterID>
    /// False: devices of routers that were removed are still on their way out, and with them their bridges.
    var isComplete: Bool
}
