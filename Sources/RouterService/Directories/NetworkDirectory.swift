internal import ResourceModel

/// Asks NetworkService for networks and subnets.
///
/// Reads only. A refusal, or that NetworkService is away, is thrown as a `RemoteError`; each call has a deadline.
protocol NetworkDirectory: Sendable {
    /// The network as the context sees it; refused with `networkNotFound` when it does not.
    func network(_ id: NetworkID, as context: RequestContext) async throws -> Network
    /// Whether a policy shares the network with the context's project in particular.
    func isShared(_ id: NetworkID, with context: RequestContext) async throws -> Bool
    /// The subnet as the context sees it; refused with `subnetNotFound` when it does not.
    func subnet(_ id: SubnetID, as context: RequestContext) async throws -> Subnet
    /// All subnets of a network, whoever asks.
    func subnets(of network: NetworkID) async throws -> [Subnet]
}

extension NetworkDirectory {
    /// A network with all its subnets, seen with RouterService's own eyes.
    func facts(of id: NetworkID) async throws -> NetworkFacts {
        async let network = network(id, as: .service(named: "router"))
        return try await NetworkFacts(subnets: subnets(of: id), network: network)
    }
}

/// A network with all its subnets.
struct NetworkFacts: Hashable, Sendable {
    var subnets: [Subnet]
    var network: Network
}
