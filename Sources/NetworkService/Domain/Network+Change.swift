internal import ResourceModel

extension Network {
    /// What an update changes; nil leaves a value as it is.
    struct Change: Hashable, Sendable {
        var labels = LabelsChange()
        var isAdminUp: Bool?
        var isShared: Bool?
        var isExternal: Bool?
        var isDefault: Bool?
        var mtu: Int?
        var networkType: String?
        var physicalNetwork: String?
        var segmentationID: Int64?
        var isPortSecurityEnabled: Bool?
        var dnsDomain: String?
        var qosPolicyID: String?
    }

    /// This network with the change made.
    ///
    /// - Throws: `notAuthorized` when the change touches what only administrators may, `invalidInput` when a value
    ///   makes no sense or can never change.
    func applying(_ change: Change, by caller: RequestContext) throws(NetworkError) -> Network {
        var changed = self
        changed.labels = try labels.applying(change.labels)
        changed.isAdminUp = change.isAdminUp ?? isAdminUp
        changed.isShared = change.isShared ?? isShared
        changed.isExternal = change.isExternal ?? isExternal
        changed.isExternalToAll = change.isExternal ?? isExternalToAll
        changed.isDefault = change.isDefault ?? isDefault
        changed.mtu = change.mtu ?? mtu
        try Network.check(mtu: changed.mtu)
        changed.segment = try segment(after: change)
        changed.isPortSecurityEnabled = change.isPortSecurityEnabled ?? isPortSecurityEnabled
        changed.dnsDomain = change.dnsDomain ?? dnsDomain
        try DNSName.check(domain: changed.dnsDomain)
        changed.qosPolicyID = change.qosPolicyID ?? qosPolicyID
        guard changed.qosPolicyID.isEmpty else { throw .qosPolicyNotFound(changed.qosPolicyID) }
        if !caller.isAdmin, changed.adminHalf != adminHalf {
            throw .notAuthorized(
                "only administrators change whether a network is shared, external, default, and what carries it"
            )
        }
        return changed
    }

    private func segment(after change: Change) throws(NetworkError) -> Segment {
        if let type = change.networkType, !type.isEmpty, type != segment.type.rawValue {
            throw .invalidInput("provider:network_type of a network does not change")
        }
        if let name = change.physicalNetwork, name != segment.physicalNetwork {
            throw .invalidInput("provider:physical_network of a network does not change")
        }
        return try Segment(
            type: segment.type.rawValue,
            physicalNetwork: segment.physicalNetwork,
            segmentationID: change.segmentationID ?? segment.segmentationID
        )
    }

    /// What only administrators change.
    private var adminHalf: AdminHalf {
        AdminHalf(
            isShared: isShared,
            isExternal: isExternal,
            isExternalToAll: isExternalToAll,
            isDefault: isDefault,
            segment: segment
        )
    }

    private struct AdminHalf: Equatable {
        var isShared, isExternal, isExternalToAll, isDefault: Bool
        var segment: Segment
    }
}
