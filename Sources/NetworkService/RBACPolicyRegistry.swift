internal import ResourceModel

/// What can be done with RBAC policies.
struct RBACPolicyRegistry: Sendable {
    let storage: NetworkStorage

    func policy(_ id: RBACPolicyID, for caller: RequestContext) async throws -> RBACPolicy {
        guard let policy = try await storage.reading.rbacPolicies.policy(id, visibleTo: caller) else {
            throw NetworkError.rbacPolicyNotFound(id.description)
        }
        return policy
    }

    func list(_ query: ListQuery, for caller: RequestContext) async throws -> Page<RBACPolicy> {
        try await storage.reading.rbacPolicies.list(query, visibleTo: caller)
    }

    /// Makes a policy; one with its id that says the same is given as it is.
    func create(_ draft: RBACPolicy.Draft, by caller: RequestContext) async throws -> RBACPolicy {
        let policy = try RBACPolicy(draft, by: caller)
        return try await storage.writing { writing in
            let owner = try await writing.ownerForUpdate(of: policy.object, visibleTo: caller)
            guard caller.owns(projectID: owner) else {
                throw NetworkError.invalidInput("only administrators make policies on what is not their project's")
            }
            guard try await writing.stores.rbacPolicies.insert(policy) else {
                let present = try await writing.stores.rbacPolicies.policy(policy.id, visibleTo: caller)
                guard let present, present == policy else { throw NetworkError.duplicateRBACPolicy(policy.object) }
                return present
            }
            writing.count(policy, by: 1)
            try await writing.settleSharing(of: policy.object)
            return policy
        }
    }

    /// Makes a policy one for another project.
    func update(
        _ id: RBACPolicyID,
        target: RBACPolicy.Target?,
        by caller: RequestContext
    ) async throws -> RBACPolicy {
        guard let target else { return try await policy(id, for: caller) }
        return try await storage.writing { writing in
            let present = try await ending(id, by: caller, in: writing, unlessFor: target)
            var wanted = present
            wanted.target = try target.checked(for: caller)
            guard wanted != present else { return present }
            guard try await writing.stores.rbacPolicies.retarget(wanted) else {
                throw NetworkError.duplicateRBACPolicy(wanted.object)
            }
            writing.count(present, by: -1)
            writing.count(wanted, by: 1)
            try await writing.settleSharing(of: wanted.object)
            return wanted
        }
    }

    func delete(_ id: RBACPolicyID, by caller: RequestContext) async throws {
        try await storage.writing { writing in
            let present = try await ending(id, by: caller, in: writing)
            try await writing.stores.rbacPolicies.delete(id)
            writing.count(present, by: -1)
            try await writing.settleSharing(of: present.object)
        }
    }

    /// The policy, whose end nobody would miss, with its object locked.
    private func ending(
        _ id: RBACPolicyID,
        by caller: RequestContext,
        in writing: Writing,
        unlessFor target: RBACPolicy.Target? = nil
    ) async throws -> RBACPolicy {
        let policies = writing.stores.rbacPolicies
        guard let seen = try await policies.policy(id, visibleTo: caller) else {
            throw NetworkError.rbacPolicyNotFound(id.description)
        }
        try caller.requireWriting("RBAC policy \(id)", ownedBy: seen.projectID)
        let owner = try await writing.ownerForUpdate(of: seen.object, visibleTo: .service(named: "network"))
        guard let present = try await policies.policy(id, visibleTo: caller) else {
            throw NetworkError.rbacPolicyNotFound(id.description)
        }
        // For all projects it still is for each.
        if target == .all || target == present.target { return present }
        let safe = [owner] + (target.map { [$0.text] } ?? [])
        guard try await !policies.isUsed(by: present, safe: safe) else { throw NetworkError.rbacPolicyInUse(id) }
        return present
    }
}
