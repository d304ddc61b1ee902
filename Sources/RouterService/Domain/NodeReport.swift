internal import ResourceModel

/// What a node made of a router.
struct NodeReport: Hashable, Sendable {
    let routerID: RouterID
    /// The revision that was applied, or whose application failed.
    let revision: Revision
    let outcome: Outcome
    var reason = ""

    /// What became of it.
    enum Outcome: Sendable {
        case built
        case failed
        case removed
    }

    var status: Router.Status { outcome == .failed ? .error : .active }

    /// Whether the router's ports carry packets.
    var isInKernel: Bool { outcome == .built }
}
