internal import ResourceModel

/// Has NetworkService hold ports for routers.
///
/// Every method is idempotent by the ids it is given: a repeated call answers what the first one did. Refusals are thrown
/// as `RemoteError`s; each call has a deadline, and after one that ran out the other side may or may not have acted.
protocol PortDirectory: Sendable {
    /// The port as the context sees it; refused with `portNotFound` when it does not.
    func port(_ id: PortID, as context: RequestContext) async throws -> Port
    /// Makes a port.
    func reserve(_ reservation: PortReservation) async throws -> Port
    /// Takes a tenant's port over; refused with `portInUse` when it has another device.
    func claim(_ port: PortID, for router: RouterID) async throws -> Port
    /// Gives a claimed port back as it was.
    ///
    /// Succeeds when it is not the router's.
    func unclaim(_ port: PortID, for router: RouterID) async throws
    /// Gives a port these addresses; those it has already stay.
    func readdress(_ port: PortID, for router: RouterID, to addresses: [WantedAddress]) async throws -> Port
    /// Says where a port is and whether it carries packets.
    func tell(_ port: UntoldPort) async throws
    /// Deletes a port of the router.
    ///
    /// Succeeds when it is gone.
    func release(_ port: PortID, for router: RouterID) async throws
}

/// A port to be made.
struct PortReservation: Hashable, Sendable {
    let portID: PortID
    let routerID: RouterID
    let networkID: NetworkID
    /// Empty for gateways: they are hidden from tenants.
    let projectID: String
    let role: RouterPort.Role
    /// Empty lets NetworkService choose.
    let addresses: [WantedAddress]
    /// The router's project.
    var ownerID = ""
}
