internal import Addressing
internal import ResourceModel

extension Subnet {
    /// What an update changes; nil leaves a value as it is.
    struct Change: Hashable, Sendable {
        var labels = LabelsChange()
        var gateway: GatewayWish?
        var pools: [PoolWish]?
        var isDHCPEnabled: Bool?
        var nameServers: [IPAddress]?
        var hostRoutes: [HostRoute]?
        var serviceTypes: [String]?
        var segmentID: String?
        var publishesFixedAddresses: Bool?
    }

    /// This subnet with the change made.
    ///
    /// - Throws: The first rule that the result breaks.
    func applying(_ change: Change, by caller: RequestContext) throws(NetworkError) -> Subnet {
        var changed = self
        changed.labels = try labels.applying(change.labels)
        if let gateway = change.gateway { changed.gateway = try SubnetRules.gateway(gateway, of: prefix) }
        if let pools = change.pools {
            changed.pools = try SubnetRules.pools(pools, of: prefix, gateway: changed.gateway)
        } else if changed.gateway != gateway {
            try SubnetRules.check(gateway: changed.gateway, outside: pools)
        }
        changed.isDHCPEnabled = change.isDHCPEnabled ?? isDHCPEnabled
        changed.nameServers = change.nameServers ?? nameServers
        changed.hostRoutes = change.hostRoutes ?? hostRoutes
        changed.serviceTypes = change.serviceTypes ?? serviceTypes
        changed.segmentID = change.segmentID ?? segmentID
        changed.publishesFixedAddresses = change.publishesFixedAddresses ?? publishesFixedAddresses
        if !caller.isAdmin, changed.serviceTypes != serviceTypes || changed.segmentID != segmentID {
            throw .notAuthorized("only administrators set service types and segments of subnets")
        }
        guard changed.segmentID.isEmpty else { throw .segmentNotFound(changed.segmentID) }
        try SubnetRules.check(changed)
        return changed
    }

    /// - Throws: `invalidInput` when the block shares addresses with another of the network.
    func requireApart(from others: [(id: SubnetID, prefix: CIDR)]) throws(NetworkError) {
        for other in others where other.id != id && other.prefix.overlaps(prefix) {
            throw .invalidInput(
                "requested subnet with cidr \(prefix) overlaps with subnet \(other.id) (\(other.prefix)) of the network"
            )
        }
    }
}
