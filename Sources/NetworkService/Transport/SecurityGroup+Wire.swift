internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime

extension Wire.SecurityGroup {
    init(_ group: SecurityGroup) {
        self.init()
        id = group.id.description
        projectID = group.projectID
        name = group.labels.name
        description_p = group.labels.description
        tags = group.labels.tags
        createdAt = group.history.createdAt.wire
        updatedAt = group.history.updatedAt.wire
        revisionNumber = group.history.revision
        stateful = group.isStateful
        shared = group.isShared
        securityGroupRules = group.rules.map(Wire.SecurityGroupRule.init)
    }
}

extension Wire.SecurityGroupRule {
    init(_ rule: SecurityGroupRule) {
        self.init()
        id = rule.id.description
        projectID = rule.projectID
        description_p = rule.description
        createdAt = rule.history.createdAt.wire
        updatedAt = rule.history.updatedAt.wire
        revisionNumber = rule.history.revision
        securityGroupID = rule.groupID.description
        direction = rule.direction.rawValue
        ethertype = rule.ethertype.rawValue
        self.protocol = rule.protocolName
        if let first = rule.first { portRangeMin = Int32(first) }
        if let last = rule.last { portRangeMax = Int32(last) }
        remoteIpPrefix = rule.remotePrefix?.description ?? ""
        normalizedCidr = rule.remotePrefix?.network.description ?? ""
        remoteGroupID = rule.remoteGroupID?.description ?? ""
        belongsToDefaultSg = rule.belongsToDefault
    }
}

extension SecurityGroup.Draft {
    init(wire: Wire.SecurityGroup) throws(NetworkError) {
        id = try SecurityGroupID.chosen(wire.id)
        projectID = wire.projectID
        name = wire.name
        description = wire.description_p
        tags = wire.tags
        isStateful = wire.hasStateful_p != nil ? wire.stateful : nil
    }
}

extension SecurityGroup.Change {
    init(wire request: L3_Network_V1_UpdateSecurityGroupRequest) throws(NetworkError) {
        let wire = request.securityGroup
        var mask = UpdateMask(request.updateMask)
        labels = try LabelsChange(
            &mask,
            name: wire.name,
            description: wire.description_p,
            tags: wire.tags,
            adding: request.addTags,
            removing: request.removeTags
        )
        isStateful = try mask.take("stateful", wire.stateful)
        try mask.finish()
    }
}

extension SecurityGroupRule.Draft {
    init(wire: Wire.SecurityGroupRule) throws(NetworkError) {
        guard let direction = try SecurityGroupRule.Direction.named(wire.direction, field: "direction") else {
            throw .invalidInput("a security group rule has a direction")
        }
        guard wire.remoteAddressGroupID.isEmpty else { throw .invalidInput("there are no address groups") }
        self.init(groupID: try SecurityGroupID(wire: wire.securityGroupID), direction: direction)
        id = try SecurityGroupRuleID.chosen(wire.id)
        projectID = wire.projectID
        description = wire.description_p
        ethertype = try SecurityGroupRule.Ethertype.named(wire.ethertype, field: "ethertype")
        protocolName = wire.protocol
        first = wire.hasPortRangeMin_p != nil ? Int(wire.portRangeMin) : nil
        last = wire.hasPortRangeMax_p != nil ? Int(wire.portRangeMax) : nil
        remotePrefix = try wire.remotePrefix
        remoteGroupID = wire.remoteGroupID.isEmpty ? nil : try SecurityGroupID(wire: wire.remoteGroupID)
    }
}

extension Wire.SecurityGroupRule {
    fileprivate var remotePrefix: CIDR? {
        get throws(NetworkError) {
            if remoteIpPrefix.isEmpty { return nil }
            if let address = IPAddress(remoteIpPrefix) { return CIDR(host: address) }
            return try CIDR(wire: remoteIpPrefix, field: "remote_ip_prefix")
        }
    }
}
