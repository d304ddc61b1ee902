internal import ResourceModel

/// Asks RouterService for the way from fixed addresses to external networks, and has it kept.
///
/// Every method is idempotent by the holder. Refusals are thrown as `RemoteError`s; each call has a deadline, and after
/// one that ran out the other side may or may not have acted.
protocol RouterDirectory: Sendable {
    /// Refused with `routerNotFound` unless the context sees the router.
    func requireVisible(_ id: RouterID, as context: RequestContext) async throws
    /// Finds the router of a way, and records that the holder leans on it there; bindings to others stay. Refused with
    /// `externalGatewayForFloatingIPNotFound`; for a named router with `routerNotFound` and `conflict`.
    func bind(_ holder: Holder, to way: Way) async throws -> RouterID
    /// Drops the holder's bindings but the one to keep. Succeeds when there are none.
    func unbind(_ holder: Holder, keeping kept: Binding?) async throws
}

/// A way from an external network to a subnet.
struct Way: Hashable, Sendable {
    let networkID: NetworkID
    let subnetID: SubnetID
    /// This router and no other; nil is the one that leads there.
    var routerID: RouterID?
}
