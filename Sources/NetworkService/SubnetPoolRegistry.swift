internal import Addressing
internal import ResourceModel

/// What can be done with subnet pools.
struct SubnetPoolRegistry: Sendable {
    let storage: NetworkStorage

    func pool(_ id: SubnetPoolID, for caller: RequestContext) async throws -> SubnetPool {
        guard let pool = try await storage.reading.subnetPools.pool(id, visibleTo: caller) else {
            throw NetworkError.subnetPoolNotFound(id.description)
        }
        return pool
    }

    func list(_ query: ListQuery, for caller: RequestContext) async throws -> Page<SubnetPool> {
        try await storage.reading.subnetPools.list(query, visibleTo: caller)
    }

    /// Makes all pools or none; one whose id the caller's project has already is given as it is.
    func create(_ drafts: [SubnetPool.Draft], by caller: RequestContext) async throws -> [SubnetPool] {
        try await storage.writing { writing in
            var made: [SubnetPool] = []
            for draft in drafts {
                made.append(try await create(try SubnetPool(draft, by: caller), by: caller, in: writing))
            }
            return made
        }
    }

    private func create(
        _ pool: SubnetPool,
        by caller: RequestContext,
        in writing: Writing
    ) async throws -> SubnetPool {
        if let present = try await writing.stores.subnetPools.pool(pool.id, visibleTo: caller) {
            guard present.projectID == pool.projectID else { throw NetworkError.conflict("the id \(pool.id) is taken") }
            return present
        }
        try await requireScope(of: pool, by: caller, in: writing.stores)
        guard let made = try await writing.stores.subnetPools.insert(pool) else {
            throw NetworkError.conflict("the id \(pool.id) is taken")
        }
        if made.isShared {
            try await writing.settlePolicy(on: .subnetPool(made.id), .shared, isForAll: true, ofOwner: made.projectID)
        }
        writing.count(.subnetPool, of: made.projectID, by: 1)
        return made
    }

    func update(
        _ id: SubnetPoolID,
        _ change: SubnetPool.Change,
        expecting revision: Revision?,
        by caller: RequestContext
    ) async throws -> SubnetPool {
        try await changing(id, expecting: revision, by: caller) { present, _ in
            try present.applying(change, by: caller)
        }
    }

    /// Adds prefixes; those that are there already stay.
    func add(_ prefixes: [CIDR], to id: SubnetPoolID, by caller: RequestContext) async throws -> SubnetPool {
        try await changing(id, expecting: nil, by: caller) { present, _ in try present.adding(prefixes) }
    }

    /// Takes addresses away that no subnet has.
    func remove(_ prefixes: [CIDR], from id: SubnetPoolID, by caller: RequestContext) async throws -> SubnetPool {
        try await changing(id, expecting: nil, by: caller) { present, writing in
            let taken = try await writing.stores.subnetPools.blocks(of: id).map(\.prefix)
            return try present.removing(prefixes, taken: taken)
        }
    }

    /// Takes a network's subnets of the pool's family that are of no pool into this one, whose prefixes grow by theirs.
    func onboard(_ networkID: NetworkID, into id: SubnetPoolID, by caller: RequestContext) async throws -> SubnetPool {
        try await storage.writing { writing in
            let stores = writing.stores
            guard try await stores.subnetPools.pool(id, visibleTo: caller) != nil else {
                throw NetworkError.subnetPoolNotFound(id.description)
            }
            // Network before pool before scope, as everywhere.
            guard let network = try await stores.networks.networkForSubnets(networkID, visibleTo: caller) else {
                throw NetworkError.networkNotFound(networkID.description)
            }
            try caller.requireWriting("network \(networkID)", ownedBy: network.projectID)
            let present = try await poolForUpdate(id, expecting: nil, by: caller, in: stores)
            let subnets = try await stores.subnets.subnetsForKeyShare(of: networkID)
                .filter { $0.subnetPoolID == nil && $0.version == present.version }
            guard !subnets.isEmpty else { return present }
            let taken = try await stores.subnetPools.blocks(of: id)
            for subnet in subnets where taken.contains(where: { $0.prefix.overlaps(subnet.prefix) }) {
                throw NetworkError.illegalSubnetPoolPrefixUpdate(
                    "another subnet of the pool has part of \(subnet.prefix)"
                )
            }
            try await SubnetPoolAllocator(writing: writing, caller: caller).requireAffinity(of: network, to: present)
            let wanted = try present.adding(subnets.map(\.prefix))
            let changed = try await write(wanted, over: present, by: caller, in: writing)
            for subnet in try await stores.subnetPools.onboard(subnets.map(\.id), into: id) {
                writing.note(subnet: subnet.id, revision: subnet.revision)
            }
            return changed
        }
    }

    /// Deletes a pool that no subnet is of.
    func delete(_ id: SubnetPoolID, expecting revision: Revision?, by caller: RequestContext) async throws {
        try await storage.writing { writing in
            let pool = try await poolForUpdate(id, expecting: revision, by: caller, in: writing.stores)
            guard try await writing.stores.subnetPools.blocks(of: id).isEmpty else {
                throw NetworkError.subnetPoolInUse(id)
            }
            try await writing.endPolicies(of: .subnetPool(id))
            try await writing.stores.subnetPools.delete(id)
            writing.count(.subnetPool, of: pool.projectID, by: -1)
        }
    }

    private func changing(
        _ id: SubnetPoolID,
        expecting revision: Revision?,
        by caller: RequestContext,
        _ change: (SubnetPool, Writing) async throws -> SubnetPool
    ) async throws -> SubnetPool {
        try await storage.writing { writing in
            let present = try await poolForUpdate(id, expecting: revision, by: caller, in: writing.stores)
            return try await write(try await change(present, writing), over: present, by: caller, in: writing)
        }
    }

    private func write(
        _ wanted: SubnetPool,
        over present: SubnetPool,
        by caller: RequestContext,
        in writing: Writing
    ) async throws -> SubnetPool {
        let stores = writing.stores
        if wanted.scopeID != present.scopeID || wanted.prefixes != present.prefixes {
            try await requireScope(of: wanted, by: caller, in: stores, isNew: wanted.scopeID != present.scopeID)
        }
        if wanted.scopeID != present.scopeID {
            guard try await !stores.subnetPools.sharesNetworks(present) else {
                throw NetworkError.networkAddressScopeAffinity
            }
        }
        let changed = try await stores.subnetPools.update(wanted)
        if wanted.scopeID != present.scopeID {
            for network in try await stores.subnetPools.touchNetworks(of: present.id) {
                writing.note(network: network.id, revision: network.revision)
            }
        }
        return changed
    }

    /// Holds the pool's scope, and the pool to what a scope asks of it.
    private func requireScope(
        of pool: SubnetPool,
        by caller: RequestContext,
        in stores: Stores,
        isNew: Bool = true
    ) async throws {
        guard let id = pool.scopeID else { return }
        // A scope that the pool has already stays its own, whoever sees it.
        let eyes = isNew ? caller : RequestContext.service(named: "network")
        guard let scope = try await stores.addressScopes.scopeForUpdate(id, visibleTo: eyes) else {
            throw NetworkError.addressScopeNotFound(id.description)
        }
        if isNew {
            let isNamed = try await stores.rbacPolicies.hasPolicy(
                on: .addressScope(id),
                .shared,
                for: .project(caller.projectID)
            )
            guard caller.owns(projectID: scope.projectID) || isNamed else {
                throw NetworkError.illegalSubnetPoolAssociation(pool.id, id)
            }
            guard scope.version == pool.version else {
                throw NetworkError.illegalSubnetPoolIPVersionAssociation(pool.id, id, scope.version)
            }
        }
        let overlap = try await stores.subnetPools.overlap(with: pool.prefixes, in: id, besides: pool.id)
        if let overlap { throw NetworkError.addressScopePrefixConflict(id, overlap) }
    }

    private func poolForUpdate(
        _ id: SubnetPoolID,
        expecting revision: Revision?,
        by caller: RequestContext,
        in stores: Stores
    ) async throws -> SubnetPool {
        guard let pool = try await stores.subnetPools.poolForUpdate(id, visibleTo: caller) else {
            throw NetworkError.subnetPoolNotFound(id.description)
        }
        try caller.requireWriting("subnet pool \(id)", ownedBy: pool.projectID)
        try pool.history.require(revision)
        return pool
    }
}
