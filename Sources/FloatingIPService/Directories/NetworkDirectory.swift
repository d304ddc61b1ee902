internal import ResourceModel

/// Asks NetworkService for networks and subnets.
///
/// Reads only. A refusal, or that NetworkService is away, is thrown as a `RemoteError`; each call has a deadline.
protocol NetworkDirectory: Sendable {
    /// What the context sees of the places of a floating IP to be, in one call.
    func facts(_ places: FloatingIPPlaces, as context: RequestContext) async throws -> PlaceFacts
    /// The subnets of all external networks that the context sees.
    func externalSubnets(as context: RequestContext) async throws -> [Subnet]
}

/// What a floating IP to be has to do with.
struct FloatingIPPlaces: Hashable, Sendable {
    /// The network that its address is to come from.
    let networkID: NetworkID
    /// The subnet that it is to come from, if it matters.
    var subnetID: SubnetID?
    /// The port to lead to.
    var portID: PortID?
}

/// What somebody sees of the places; what he does not see is nil.
struct PlaceFacts: Hashable, Sendable {
    let network: Network?
    /// All of the network's, whoever asks.
    let subnets: [Subnet]
    /// The one that was named, wherever it is.
    var subnet: Subnet?
    var port: Port?
}
