internal import ResourceModel

/// A layer-2 segment that subnets and ports belong to.
struct Network: Hashable, Sendable {
    var id: NetworkID
    var projectID: String
    var labels: Labels
    var history: History
    var isAdminUp: Bool
    /// All projects may see and use it.
    var isShared: Bool
    /// A policy shares it with the project of the caller that it is shown to.
    var isSharedWithProject: Bool
    /// Gateways and floating IPs live on it.
    var isExternal: Bool
    /// All projects may put theirs there, and see it.
    var isExternalToAll: Bool
    /// The external network that automatic topologies use.
    var isDefault: Bool
    /// Bytes, 68…65535.
    var mtu: Int
    var segment: Segment
    var isPortSecurityEnabled: Bool
    var availabilityZoneHints: [String]
    var dnsDomain: String
    var qosPolicyID: String
    /// Oldest first.
    var subnetIDs: [SubnetID]
    /// The scopes of its subnets' pools.
    var ipv4ScopeID: AddressScopeID?
    var ipv6ScopeID: AddressScopeID?

    static let mtus = 68...65535

    static func check(mtu: Int) throws(NetworkError) {
        guard mtus.contains(mtu) else {
            throw .invalidInput("mtu \(mtu) is not in \(mtus.lowerBound)…\(mtus.upperBound)")
        }
    }
}

extension Network {
    /// A network to be made; nil is "not given".
    struct Draft: Hashable, Sendable {
        var id: NetworkID?
        var projectID = ""
        var name = ""
        var description = ""
        var tags: [String] = []
        var isAdminUp: Bool?
        var isShared = false
        var isExternal = false
        var isDefault = false
        var mtu: Int?
        var networkType = ""
        var physicalNetwork = ""
        var segmentationID: Int64?
        var isPortSecurityEnabled: Bool?
        var availabilityZoneHints: [String] = []
        var dnsDomain = ""
        var qosPolicyID = ""

        /// Whether it says what only administrators may.
        var needsAdmin: Bool {
            isShared || isExternal || isDefault || !networkType.isEmpty || !physicalNetwork.isEmpty
                || segmentationID != nil
        }
    }

    /// The network that a draft asks for; its segment may still lack an id.
    ///
    /// - Throws: `notAuthorized` when the caller may not, `invalidInput` when a value makes no sense.
    init(_ draft: Draft, by caller: RequestContext, defaultType: NetworkType) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        if draft.needsAdmin, !caller.isAdmin {
            throw .notAuthorized("only administrators make shared, external, default or provider networks")
        }
        labels = try Labels(name: draft.name, description: draft.description, tags: draft.tags)
        segment = try Segment(
            type: draft.networkType.isEmpty ? defaultType.rawValue : draft.networkType,
            physicalNetwork: draft.physicalNetwork,
            segmentationID: draft.segmentationID
        )
        mtu = draft.mtu ?? segment.type.defaultMTU
        try Network.check(mtu: mtu)
        try DNSName.check(domain: draft.dnsDomain)
        guard Set(draft.availabilityZoneHints).count == draft.availabilityZoneHints.count else {
            throw .invalidInput("an availability zone hint stands twice")
        }
        for hint in draft.availabilityZoneHints { try Labels.check(hint, as: "availability zone hint") }
        guard draft.qosPolicyID.isEmpty else { throw .qosPolicyNotFound(draft.qosPolicyID) }
        id = draft.id ?? .random()
        projectID = owner
        history = .unborn
        isAdminUp = draft.isAdminUp ?? true
        isShared = draft.isShared
        isSharedWithProject = false
        isExternal = draft.isExternal
        isExternalToAll = draft.isExternal
        isDefault = draft.isDefault
        isPortSecurityEnabled = draft.isPortSecurityEnabled ?? true
        availabilityZoneHints = draft.availabilityZoneHints
        dnsDomain = draft.dnsDomain
        qosPolicyID = draft.qosPolicyID
        subnetIDs = []
    }
}
