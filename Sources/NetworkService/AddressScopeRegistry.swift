internal import ResourceModel

/// What can be done with address scopes.
struct AddressScopeRegistry: Sendable {
    let storage: NetworkStorage

    func scope(_ id: AddressScopeID, for caller: RequestContext) async throws -> AddressScope {
        guard let scope = try await storage.reading.addressScopes.scope(id, visibleTo: caller) else {
            throw NetworkError.addressScopeNotFound(id.description)
        }
        return scope
    }

    func list(_ query: ListQuery, for caller: RequestContext) async throws -> Page<AddressScope> {
        try await storage.reading.addressScopes.list(query, visibleTo: caller)
    }

    /// Makes a scope; one whose id the caller's project has already is given as it is.
    func create(_ draft: AddressScope.Draft, by caller: RequestContext) async throws -> AddressScope {
        let wanted = try AddressScope(draft, by: caller)
        return try await storage.writing { writing in
            if let made = try await writing.stores.addressScopes.insert(wanted) {
                if made.isShared { try await share(made, in: writing) }
                return made
            }
            let present = try await writing.stores.addressScopes.scope(wanted.id, visibleTo: caller)
            guard let present, present.projectID == wanted.projectID else {
                throw NetworkError.conflict("the id \(wanted.id) is taken")
            }
            return present
        }
    }

    func update(
        _ id: AddressScopeID,
        _ change: AddressScope.Change,
        expecting revision: Revision?,
        by caller: RequestContext
    ) async throws -> AddressScope {
        try await storage.writing { writing in
            let present = try await scopeForUpdate(id, expecting: revision, by: caller, in: writing.stores)
            let wanted = try present.applying(change, by: caller)
            if wanted.isShared, !present.isShared { try await share(wanted, in: writing) }
            return try await writing.stores.addressScopes.update(wanted)
        }
    }

    private func share(_ scope: AddressScope, in writing: Writing) async throws {
        try await writing.settlePolicy(
            on: .addressScope(scope.id),
            .shared,
            isForAll: true,
            ofOwner: scope.projectID
        )
    }

    /// Deletes a scope that no pool is in.
    func delete(_ id: AddressScopeID, expecting revision: Revision?, by caller: RequestContext) async throws {
        try await storage.writing { writing in
            _ = try await scopeForUpdate(id, expecting: revision, by: caller, in: writing.stores)
            guard try await !writing.stores.addressScopes.isInUse(id) else { throw NetworkError.addressScopeInUse(id) }
            try await writing.endPolicies(of: .addressScope(id))
            try await writing.stores.addressScopes.delete(id)
        }
    }

    private func scopeForUpdate(
        _ id: AddressScopeID,
        expecting revision: Revision?,
        by caller: RequestContext,
        in stores: Stores
    ) async throws -> AddressScope {
        guard let scope = try await stores.addressScopes.scopeForUpdate(id, visibleTo: caller) else {
            throw NetworkError.addressScopeNotFound(id.description)
        }
        try caller.requireWriting("address scope \(id)", ownedBy: scope.projectID)
        try scope.history.require(revision)
        return scope
    }
}
