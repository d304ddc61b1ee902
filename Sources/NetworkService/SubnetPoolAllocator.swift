internal import Addressing
internal import ResourceModel

/// Finds the blocks of new subnets, within a transaction that has their network locked.
struct SubnetPoolAllocator: Sendable {
    let writing: Writing
    let caller: RequestContext

    /// The block that a draft asks for of a pool; nil when it asks for none of a pool.
    ///
    /// Until the transaction's end nobody else takes a block of the pool.
    func block(
        for draft: Subnet.Draft,
        on network: Network,
        ownedBy owner: String
    ) async throws -> Subnet.PoolBlock? {
        if draft.prefix != nil, draft.prefixLength != nil {
            throw NetworkError.badRequest("cidr and prefixlen must not be given together")
        }
        guard let id = try await poolID(of: draft) else { return nil }
        guard let pool = try await writing.stores.subnetPools.poolForUpdate(id, visibleTo: caller) else {
            throw NetworkError.subnetPoolNotFound(id.description)
        }
        guard pool.version == draft.version else {
            throw NetworkError.badRequest(
                "subnet pool \(id) has no IPv\(draft.version.rawValue) prefixes, but IPv\(pool.version.rawValue) ones"
            )
        }
        let wish = BlockWish(prefix: try draft.prefix.map(draft.checked), length: draft.prefixLength)
        try await requireAffinity(of: network, to: pool)
        let taken = try await writing.stores.subnetPools.blocks(of: id)
        let used = taken.filter { $0.projectID == owner }
            .reduce(into: Int64(0)) { sum, block in
                let (more, overflow) = sum.addingReportingOverflow(
                    SubnetPool.units(ofLength: block.prefix.prefixLength, pool.version)
                )
                sum = overflow ? .max : more
            }
        return Subnet.PoolBlock(prefix: try pool.block(for: wish, taken: taken.map(\.prefix), used: used), poolID: id)
    }

    private func poolID(of draft: Subnet.Draft) async throws -> SubnetPoolID? {
        guard draft.usesDefaultPool else {
            guard !draft.subnetPoolID.isEmpty else { return nil }
            return try SubnetPoolID(wire: draft.subnetPoolID)
        }
        guard draft.subnetPoolID.isEmpty else {
            throw NetworkError.badRequest("subnetpool_id and use_default_subnetpool must not be given together")
        }
        let id = try await writing.stores.subnetPools.defaultPool(of: draft.version, visibleTo: caller)
        guard let id else {
            throw NetworkError.badRequest("there is no default subnet pool of IP version \(draft.version.rawValue)")
        }
        return id
    }

    /// Subnets of a network have the addresses of one scope, or else of one pool, in each family.
    ///
    /// - Throws: `networkAddressScopeAffinity`, `networkSubnetPoolAffinity`.
    func requireAffinity(of network: Network, to pool: SubnetPool) async throws {
        let present = try await writing.stores.subnetPools.pools(ofNetwork: network.id, pool.version)
        if let scope = present.compactMap(\.scopeID).first {
            guard pool.scopeID == scope else { throw NetworkError.networkAddressScopeAffinity }
        } else if present.contains(where: { $0.id != pool.id }) {
            throw NetworkError.networkSubnetPoolAffinity
        }
    }
}
