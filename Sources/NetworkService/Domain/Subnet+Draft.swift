internal import Addressing
internal import ResourceModel

extension Subnet {
    /// What a request says of the gateway.
    enum GatewayWish: Hashable, Sendable {
        case automatic
        case none
        case address(IPAddress)
    }

    /// The two ends of a pool as they were written.
    struct PoolWish: Hashable, Sendable {
        var start: IPAddress
        var end: IPAddress
    }

    /// A subnet to be made; nil is "not given".
    struct Draft: Hashable, Sendable {
        var id: SubnetID?
        var projectID = ""
        var name = ""
        var description = ""
        var tags: [String] = []
        var networkID: NetworkID
        var version: IPVersion
        /// Nil asks for a block of a pool.
        var prefix: CIDR?
        var subnetPoolID = ""
        var gateway: GatewayWish = .automatic
        /// Empty is "not given".
        var pools: [PoolWish] = []
        var isDHCPEnabled: Bool?
        var nameServers: [IPAddress] = []
        var hostRoutes: [HostRoute] = []
        var ipv6RAMode: IPv6Mode?
        var ipv6AddressMode: IPv6Mode?
        var serviceTypes: [String] = []
        var segmentID = ""
        var publishesFixedAddresses = false

        init(networkID: NetworkID, version: IPVersion, prefix: CIDR?) {
            self.networkID = networkID
            self.version = version
            self.prefix = prefix
        }
    }

    /// The subnet that a draft asks for, all defaults filled in.
    ///
    /// - Throws: The first rule that it breaks.
    init(_ draft: Draft, by caller: RequestContext) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        if !draft.serviceTypes.isEmpty || !draft.segmentID.isEmpty, !caller.isAdmin {
            throw .notAuthorized("only administrators set service types and segments of subnets")
        }
        let block = try Subnet.block(of: draft)
        labels = try Labels(name: draft.name, description: draft.description, tags: draft.tags)
        try Labels.check(draft.segmentID, as: "segment_id")
        id = draft.id ?? .random()
        projectID = owner
        history = .unborn
        networkID = draft.networkID
        prefix = block
        isDHCPEnabled = draft.isDHCPEnabled ?? true
        ipv6RAMode = draft.ipv6RAMode
        ipv6AddressMode = draft.ipv6AddressMode
        gateway = try SubnetRules.gateway(draft.gateway, of: block)
        pools = try SubnetRules.pools(draft.pools, of: block, gateway: gateway)
        nameServers = draft.nameServers
        hostRoutes = draft.hostRoutes
        serviceTypes = draft.serviceTypes
        segmentID = draft.segmentID
        publishesFixedAddresses = draft.publishesFixedAddresses
        isExternal = false
        try SubnetRules.check(self)
    }

    private static func block(of draft: Draft) throws(NetworkError) -> CIDR {
        guard let prefix = draft.prefix else {
            guard draft.subnetPoolID.isEmpty else { throw .subnetPoolNotFound(draft.subnetPoolID) }
            throw .badRequest("a subnet needs a cidr or a subnet pool")
        }
        guard prefix.version == draft.version else {
            throw .invalidInput("cidr \(prefix) is not of IP version \(draft.version.rawValue)")
        }
        return prefix.network
    }
}
