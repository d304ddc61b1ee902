internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime

extension Wire.SubnetPool {
    init(_ pool: SubnetPool) {
        self.init()
        id = pool.id.description
        projectID = pool.projectID
        name = pool.labels.name
        description_p = pool.labels.description
        tags = pool.labels.tags
        createdAt = pool.history.createdAt.wire
        updatedAt = pool.history.updatedAt.wire
        revisionNumber = pool.history.revision
        prefixes = pool.prefixes.map(\.description)
        ipVersion = Int32(pool.version.rawValue)
        defaultPrefixlen = Int32(pool.lengths.standard)
        minPrefixlen = Int32(pool.lengths.shortest)
        maxPrefixlen = Int32(pool.lengths.longest)
        if let quota = pool.quota { defaultQuota = quota }
        addressScopeID = pool.scopeID?.description ?? ""
        isDefault = pool.isDefault
        shared = pool.isShared
    }

    fileprivate var quota: Int64? { hasDefaultQuota_p != nil ? defaultQuota : nil }

    fileprivate var scopeID: AddressScopeID? {
        get throws(NetworkError) { addressScopeID.isEmpty ? nil : try AddressScopeID(wire: addressScopeID) }
    }
}

extension SubnetPool.Draft {
    init(wire: Wire.SubnetPool) throws(NetworkError) {
        id = try SubnetPoolID.chosen(wire.id)
        projectID = wire.projectID
        name = wire.name
        description = wire.description_p
        tags = wire.tags
        prefixes = try CIDR.list(wire.prefixes, field: "prefixes")
        standardLength = wire.defaultPrefixlen == 0 ? nil : Int(wire.defaultPrefixlen)
        shortestLength = wire.minPrefixlen == 0 ? nil : Int(wire.minPrefixlen)
        longestLength = wire.maxPrefixlen == 0 ? nil : Int(wire.maxPrefixlen)
        quota = wire.quota
        scopeID = try wire.scopeID
        isDefault = wire.isDefault
        isShared = wire.shared
    }
}

extension SubnetPool.Change {
    init(wire request: L3_Network_V1_UpdateSubnetPoolRequest) throws(NetworkError) {
        let wire = request.subnetpool
        var mask = UpdateMask(request.updateMask)
        labels = try LabelsChange(
            &mask,
            name: wire.name,
            description: wire.description_p,
            tags: wire.tags,
            adding: request.addTags,
            removing: request.removeTags
        )
        prefixes = try mask.take("prefixes", try CIDR.list(wire.prefixes, field: "prefixes"))
        standardLength = try mask.take("default_prefixlen", Int(wire.defaultPrefixlen))
        shortestLength = try mask.take("min_prefixlen", Int(wire.minPrefixlen))
        longestLength = try mask.take("max_prefixlen", Int(wire.maxPrefixlen))
        quota = try mask.take("default_quota", wire.quota)
        scopeID = try mask.take("address_scope_id", try wire.scopeID)
        isDefault = try mask.take("is_default", wire.isDefault)
        try mask.finish()
    }
}

extension CIDR {
    /// A list of blocks without host bits.
    static func list(_ texts: [String], field: String) throws(NetworkError) -> [CIDR] {
        var blocks: [CIDR] = []
        for text in texts { blocks.append(try CIDR(wire: text, field: field).network) }
        return blocks
    }
}
