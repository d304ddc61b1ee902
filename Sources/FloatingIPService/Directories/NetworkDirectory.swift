internal import ResourceModel

/// Asks NetworkService for networks and subnets.
///
/// Reads only. A refusal, or that NetworkService is away, is thrown as a `RemoteError`; each call has a deadline.
protocol NetworkDirectory: Sendable {
    /// The network as the context sees it; refused with `networkNotFound` when it does not.
    func network(_ id: NetworkID, as context: RequestContext) async throws -> Network
    /// The subnet as the context sees it; refused with `subnetNotFound` when it does not.
    func subnet(_ id: SubnetID, as context: RequestContext) async throws -> Subnet
    /// All subnets of a network, whoever asks.
    func subnets(of network: NetworkID) async throws -> [Subnet]
    /// The subnets of all external networks that the context sees.
    func externalSubnets(as context: RequestContext) async throws -> [Subnet]
}
