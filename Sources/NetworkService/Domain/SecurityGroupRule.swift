internal import Addressing
internal import ResourceModel

/// A rule of a security group: what it lets in or out.
struct SecurityGroupRule: Hashable, Sendable {
    var id: SecurityGroupRuleID
    var projectID: String
    var description: String
    var history: History
    var groupID: SecurityGroupID
    var direction: Direction
    var ethertype: Ethertype
    /// A protocol's name or number as it was given; empty is any.
    var protocolName: String
    /// The lowest port, or the ICMP type; nil is any.
    var first: Int?
    /// The highest port, or the ICMP code; nil is any.
    var last: Int?
    /// As it was given, host bits included.
    var remotePrefix: CIDR?
    var remoteGroupID: SecurityGroupID?
    /// Whether its group is a project's default.
    var belongsToDefault: Bool

    enum Direction: String, Sendable {
        case ingress, egress
    }

    enum Ethertype: String, Sendable, CaseIterable {
        case ipv4 = "IPv4"
        case ipv6 = "IPv6"

        var version: IPVersion { self == .ipv4 ? .v4 : .v6 }
    }

    /// A rule of a group that lets everything of a family through.
    init(of group: SecurityGroup, _ direction: Direction, _ ethertype: Ethertype) {
        self.init(
            id: .random(),
            projectID: group.projectID,
            description: "",
            history: .unborn,
            groupID: group.id,
            direction: direction,
            ethertype: ethertype,
            protocolName: "",
            first: nil,
            last: nil,
            remotePrefix: nil,
            remoteGroupID: nil,
            belongsToDefault: group.isDefault
        )
    }

    init(
        id: SecurityGroupRuleID,
        projectID: String,
        description: String,
        history: History,
        groupID: SecurityGroupID,
        direction: Direction,
        ethertype: Ethertype,
        protocolName: String,
        first: Int?,
        last: Int?,
        remotePrefix: CIDR?,
        remoteGroupID: SecurityGroupID?,
        belongsToDefault: Bool
    ) {
        self.id = id
        self.projectID = projectID
        self.description = description
        self.history = history
        self.groupID = groupID
        self.direction = direction
        self.ethertype = ethertype
        self.protocolName = protocolName
        self.first = first
        self.last = last
        self.remotePrefix = remotePrefix
        self.remoteGroupID = remoteGroupID
        self.belongsToDefault = belongsToDefault
    }

    /// What the rule lets through, in one form for all ways to say it: two rules of a group never mean the same.
    var meaning: String {
        let number = IPProtocol(protocolName, ethertype)?.number.description ?? ""
        // A block of all addresses is no condition.
        let prefix = remotePrefix.flatMap { $0.prefixLength == 0 ? nil : $0.network.description } ?? ""
        let remote = remoteGroupID?.description ?? ""
        return [
            direction.rawValue, ethertype.rawValue, number, first?.description ?? "", last?.description ?? "", prefix,
            remote,
        ].joined(separator: " ")
    }
}

extension SecurityGroupRule {
    /// A rule to be made; nil is "not given".
    struct Draft: Hashable, Sendable {
        var id: SecurityGroupRuleID?
        var projectID = ""
        var description = ""
        var groupID: SecurityGroupID
        var direction: Direction
        var ethertype: Ethertype?
        var protocolName = ""
        var first: Int?
        var last: Int?
        var remotePrefix: CIDR?
        var remoteGroupID: SecurityGroupID?
    }

    /// The rule that a draft asks for.
    ///
    /// - Throws: `notAuthorized`, and the first rule that it breaks.
    init(_ draft: Draft, in group: SecurityGroup, by caller: RequestContext) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        try Labels.check(draft.description, as: "description")
        let ethertype = draft.ethertype ?? .ipv4
        let name = try IPProtocol.name(draft.protocolName, ethertype)
        self.init(
            id: draft.id ?? .random(),
            projectID: owner,
            description: draft.description,
            history: .unborn,
            groupID: group.id,
            direction: draft.direction,
            ethertype: ethertype,
            protocolName: name,
            first: draft.first,
            last: draft.last,
            remotePrefix: draft.remotePrefix,
            remoteGroupID: draft.remoteGroupID,
            belongsToDefault: group.isDefault
        )
        try checkRemote()
        try checkPorts()
    }

    private func checkRemote() throws(NetworkError) {
        guard let remotePrefix else { return }
        guard remoteGroupID == nil else { throw .securityGroupMultipleRemotes }
        guard remotePrefix.version == ethertype.version else {
            throw .securityGroupRuleParameterConflict(
                "remote_ip_prefix \(remotePrefix) does not go with ethertype \(ethertype.rawValue)"
            )
        }
    }

    private func checkPorts() throws(NetworkError) {
        guard first != nil || last != nil else { return }
        guard let known = IPProtocol(protocolName, ethertype) else {
            throw .securityGroupInvalidPortRange("port_range_min and port_range_max need a protocol")
        }
        if known.isICMP { return try checkICMP() }
        guard known.hasPorts else {
            throw .securityGroupInvalidPortRange("protocol \(protocolName) has no ports")
        }
        guard let first, let last, first <= last, 1...65535 ~= first, 1...65535 ~= last else {
            throw .securityGroupInvalidPortRange(
                "\(first?.description ?? "None")-\(last?.description ?? "None") is not a range of ports: both ends "
                    + "must be given, in 1…65535, the lower first"
            )
        }
    }

    private func checkICMP() throws(NetworkError) {
        guard let first else { throw .securityGroupMissingICMPType(code: last ?? 0) }
        for (field, value) in [("type", first), ("code", last ?? 0)] where !(0...255).contains(value) {
            throw .securityGroupInvalidICMPValue(field: field, value: value)
        }
    }
}
