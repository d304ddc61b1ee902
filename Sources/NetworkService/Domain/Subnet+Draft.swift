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
        /// The length of the block to take of a pool.
        var prefixLength: Int?
        /// Whether the block is one of the family's default pool.
        var usesDefaultPool = false
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

    /// A block that was taken of a pool.
    struct PoolBlock: Hashable, Sendable {
        var prefix: CIDR
        var poolID: SubnetPoolID
    }

    /// The subnet that a draft asks for, all defaults filled in, with the block of a pool or else the draft's own.
    ///
    /// - Throws: The first rule that it breaks.
    init(_ draft: Draft, taking taken: PoolBlock? = nil, by caller: RequestContext) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        if !draft.serviceTypes.isEmpty || !draft.segmentID.isEmpty, !caller.isAdmin {
            throw .notAuthorized("only administrators set service types and segments of subnets")
        }
        let block = if let taken { taken.prefix } else { try draft.ownBlock }
        labels = try Labels(name: draft.name, description: draft.description, tags: draft.tags)
        guard draft.segmentID.isEmpty else { throw .segmentNotFound(draft.segmentID) }
        id = draft.id ?? .random()
        projectID = owner
        history = .unborn
        networkID = draft.networkID
        prefix = block
        isDHCPEnabled = draft.isDHCPEnabled ?? true
        ipv6RAMode = draft.ipv6RAMode
        ipv6AddressMode = draft.ipv6AddressMode
        subnetPoolID = taken?.poolID
        gateway = try SubnetRules.gateway(draft.gateway, of: block, isFromPool: taken != nil)
        pools = try SubnetRules.pools(draft.pools, of: block, gateway: gateway)
        nameServers = draft.nameServers
        hostRoutes = draft.hostRoutes
        serviceTypes = draft.serviceTypes
        segmentID = draft.segmentID
        publishesFixedAddresses = draft.publishesFixedAddresses
        isExternal = false
        try SubnetRules.check(self)
    }
}

extension Subnet.Draft {
    /// The block that the draft names.
    ///
    /// - Throws: `badRequest` when it names none, `invalidInput` for one of the other family.
    fileprivate var ownBlock: CIDR {
        get throws(NetworkError) {
            guard let prefix else { throw .badRequest("a subnet needs a cidr or a subnet pool") }
            return try checked(prefix)
        }
    }

    /// A block without host bits, which must be of the draft's family.
    func checked(_ prefix: CIDR) throws(NetworkError) -> CIDR {
        guard prefix.version == version else {
            throw .invalidInput("cidr \(prefix) is not of IP version \(version.rawValue)")
        }
        return prefix.network
    }
}
