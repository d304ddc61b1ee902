internal import ResourceModel

// What is shared with whom, as part of writing something else.

extension Writing {
    /// Locks an object, so that nobody begins to use it, and gives its owner.
    func ownerForUpdate(of object: SharedObject, visibleTo caller: RequestContext) async throws -> String {
        let owner: String? =
            switch object {
            case .network(let id): try await stores.networks.networkForUpdate(id, visibleTo: caller)?.projectID
            case .subnetPool(let id): try await stores.subnetPools.poolForUpdate(id, visibleTo: caller)?.projectID
            case .addressScope(let id): try await stores.addressScopes.scopeForUpdate(id, visibleTo: caller)?.projectID
            case .securityGroup(let id):
                try await stores.securityGroups.groupForUpdate(id, visibleTo: caller)?.projectID
            }
        guard let owner else { throw object.notFound }
        return owner
    }

    /// Makes the object's own flags what its policies say.
    func settleSharing(of object: SharedObject) async throws {
        guard case .network(let id) = object else {
            return try await stores.rbacPolicies.settleShared(of: object)
        }
        let everything = RequestContext.service(named: "network")
        guard let present = try await stores.networks.networkForUpdate(id, visibleTo: everything) else { return }
        var wanted = present
        wanted.isShared = try await stores.rbacPolicies.hasPolicy(on: object, .shared, for: .all)
        wanted.isExternalToAll = try await stores.rbacPolicies.hasPolicy(on: object, .external, for: .all)
        wanted.isExternal = try await stores.rbacPolicies.hasPolicy(on: object, .external, for: nil)
        if present.isExternal, !wanted.isExternal {
            let owners = [DeviceOwner.routerGateway, DeviceOwner.floatingIP]
            guard try await !stores.ports.hasPort(on: id, ofOwners: owners) else {
                throw NetworkError.externalNetworkInUse(id)
            }
        }
        let changed = try await stores.networks.update(wanted)
        note(network: id, revision: changed.history.revision)
        if changed.isExternal != present.isExternal { try await noteSubnets(of: id) }
    }

    /// One more revision of each subnet of a network that became external, or is not any more.
    func noteSubnets(of network: NetworkID) async throws {
        for subnet in try await stores.subnets.touchAll(of: network) {
            note(subnet: subnet.id, revision: subnet.revision)
        }
    }

    /// Makes the policies for all projects what the flags of an object say that is made or changed with them.
    ///
    /// - Throws: `invalidSharedSetting` when a project still uses what would not be shared any more.
    func settlePolicy(
        on object: SharedObject,
        _ action: RBACPolicy.Action,
        isForAll: Bool,
        ofOwner owner: String
    ) async throws {
        let policy = RBACPolicy(id: .random(), projectID: owner, object: object, action: action, target: .all)
        if isForAll {
            _ = try await stores.rbacPolicies.insert(policy)
            return
        }
        let gone = try await stores.rbacPolicies.deleteAll(of: object, action, onlyForAll: action == .shared)
        for policy in gone { count(policy, by: -1) }
        guard action == .shared else { return }
        guard try await !stores.rbacPolicies.isUsed(by: policy, safe: [owner]) else {
            throw NetworkError.invalidSharedSetting(object.idText)
        }
    }

    /// Takes away the policies of an object that goes.
    func endPolicies(of object: SharedObject) async throws {
        for policy in try await stores.rbacPolicies.deleteAll(of: object) { count(policy, by: -1) }
    }

    /// A policy came or went; those for all projects, which administrators alone make, count for nobody.
    func count(_ policy: RBACPolicy, by difference: Int) {
        guard policy.target != .all else { return }
        count(.rbacPolicy, of: policy.projectID, by: difference)
    }
}
