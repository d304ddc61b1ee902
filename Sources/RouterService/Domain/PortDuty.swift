internal import ResourceModel

/// Something that is under way, or still owed, between RouterService and NetworkService about one port.
///
/// It is written before NetworkService is asked and removed in the transaction that makes the router's row say the
/// same. So a port has at most one change under way, and what a crash leaves behind is found and undone.
struct PortDuty: Hashable, Sendable {
    let portID: PortID
    let routerID: RouterID
    var action: Action
    /// For `changing` and `restore`: the addresses the port is to have when the change does not come about.
    var addresses: [PortAddress] = []

    /// What is under way (the first three) or owed (the others).
    enum Action: String, Sendable {
        case making
        case claiming
        case changing
        case release
        case unclaim
        case restore

        /// What is owed when it does not come about.
        var undoing: Action {
            switch self {
            case .making: .release
            case .claiming: .unclaim
            case .changing: .restore
            case .release, .unclaim, .restore: self
            }
        }

        /// Whether the router's claim on the port still stands, for those who ask.
        var holdsPort: Bool {
            switch self {
            case .making, .claiming, .changing, .restore: true
            case .release, .unclaim: false
            }
        }
    }
}
