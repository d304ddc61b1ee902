internal import ResourceModel

/// Asks RouterService for the way from fixed addresses to external networks, and has it kept.
///
/// Every method is idempotent by the holder. Refusals are thrown as `RemoteError`s; each call has a deadline, and after
/// one that ran out the other side may or may not have acted.
protocol RouterDirectory: Sendable {
    /// The router as the context sees it; refused with `routerNotFound` when it does not.
    func router(_ id: RouterID, as context: RequestContext) async throws -> Router
    /// Finds the router of a way, and records that the holder leans on it there; bindings to others stay. Refused with
    /// `externalGatewayForFloatingIPNotFound`; for a named router with `routerNotFound` and `conflict`; for an NDP proxy
    /// with `routerNDPProxyNotEnable` and `portUnreachableRouter`.
    func bind(_ holder: Holder, to way: Way) async throws -> RouterID
    /// Drops the holder's bindings but the one to keep. Succeeds when there are none.
    func unbind(_ holder: Holder, keeping kept: Binding?) async throws
}

extension RouterDirectory {
    /// Refused with `routerNotFound` unless the context sees the router.
    func requireVisible(_ id: RouterID, as context: RequestContext) async throws {
        _ = try await router(id, as: context)
    }
}

/// What FloatingIPService knows of a router.
struct Router: Hashable, Sendable {
    let id: RouterID
    var enablesNDPProxy = false
    /// The external network of its compatible gateway; nil when it has none.
    var gatewayNetworkID: NetworkID?
}

/// A way from an external network to a subnet.
struct Way: Hashable, Sendable {
    let networkID: NetworkID
    let subnetID: SubnetID
    /// This router and no other; nil is the one that leads there.
    var routerID: RouterID?
}
