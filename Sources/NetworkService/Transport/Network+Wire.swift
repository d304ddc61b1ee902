internal import Contracts
internal import ResourceModel
internal import ServiceRuntime

extension Wire.Network {
    init(_ network: Network) {
        self.init()
        id = network.id.description
        projectID = network.projectID
        name = network.labels.name
        description_p = network.labels.description
        tags = network.labels.tags
        createdAt = network.history.createdAt.wire
        updatedAt = network.history.updatedAt.wire
        revisionNumber = network.history.revision
        adminStateUp = network.isAdminUp
        status = "ACTIVE"
        subnets = network.subnetIDs.map(\.description)
        shared = network.isShared || network.isSharedWithProject
        sharedWithProject = network.isSharedWithProject
        routerExternal = network.isExternal
        isDefault = network.isDefault
        mtu = Int32(network.mtu)
        providerNetworkType = network.segment.type.rawValue
        providerPhysicalNetwork = network.segment.physicalNetwork
        if let id = network.segment.segmentationID { providerSegmentationID = id }
        portSecurityEnabled = network.isPortSecurityEnabled
        availabilityZoneHints = network.availabilityZoneHints
        // It is wherever nodes are, so also where it is wanted.
        availabilityZones = network.availabilityZoneHints
        dnsDomain = network.dnsDomain
        ipv4AddressScope = network.ipv4ScopeID?.description ?? ""
        ipv6AddressScope = network.ipv6ScopeID?.description ?? ""
        l2Adjacency = true
        qosPolicyID = network.qosPolicyID
    }
}

extension Network.Draft {
    init(wire: Wire.Network) throws(NetworkError) {
        guard wire.segments.isEmpty else { throw .invalidInput("networks of several segments are not supported") }
        id = try NetworkID.chosen(wire.id)
        projectID = wire.projectID
        name = wire.name
        description = wire.description_p
        tags = wire.tags
        isAdminUp = wire.hasAdminStateUp_p != nil ? wire.adminStateUp : nil
        isShared = wire.shared
        isExternal = wire.routerExternal
        isDefault = wire.isDefault
        mtu = wire.mtu == 0 ? nil : Int(wire.mtu)
        networkType = wire.providerNetworkType
        physicalNetwork = wire.providerPhysicalNetwork
        segmentationID = wire.hasProviderSegmentationID_p != nil ? wire.providerSegmentationID : nil
        isPortSecurityEnabled = wire.hasPortSecurityEnabled_p != nil ? wire.portSecurityEnabled : nil
        availabilityZoneHints = wire.availabilityZoneHints
        dnsDomain = wire.dnsDomain
        qosPolicyID = wire.qosPolicyID
    }
}

extension Network.Change {
    init(wire request: L3_Network_V1_UpdateNetworkRequest) throws(NetworkError) {
        let wire = request.network
        var mask = UpdateMask(request.updateMask)
        labels = try LabelsChange(
            &mask,
            name: wire.name,
            description: wire.description_p,
            tags: wire.tags,
            adding: request.addTags,
            removing: request.removeTags
        )
        isAdminUp = try mask.take("admin_state_up", wire.adminStateUp)
        isShared = try mask.take("shared", wire.shared)
        isExternal = try mask.take("router_external", wire.routerExternal)
        isDefault = try mask.take("is_default", wire.isDefault)
        mtu = try mask.take("mtu", Int(wire.mtu))
        networkType = try mask.take("provider_network_type", wire.providerNetworkType)
        physicalNetwork = try mask.take("provider_physical_network", wire.providerPhysicalNetwork)
        segmentationID = try mask.take("provider_segmentation_id", wire.providerSegmentationID)
        isPortSecurityEnabled = try mask.take("port_security_enabled", wire.portSecurityEnabled)
        dnsDomain = try mask.take("dns_domain", wire.dnsDomain)
        qosPolicyID = try mask.take("qos_policy_id", wire.qosPolicyID)
        try mask.finish()
    }
}

extension LabelsChange {
    /// What an update says of name, description and tags.
    init(
        _ mask: inout UpdateMask,
        name: String,
        description: String,
        tags: [String],
        adding: [String],
        removing: [String]
    ) throws(NetworkError) {
        self.name = try mask.take("name", name)
        self.description = try mask.take("description", description)
        self.tags = try mask.take("tags", tags)
        addedTags = adding
        removedTags = removing
    }
}
