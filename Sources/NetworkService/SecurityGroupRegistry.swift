internal import ResourceModel

/// What can be done with security groups.
struct SecurityGroupRegistry: Sendable {
    let storage: NetworkStorage

    func group(_ id: SecurityGroupID, for caller: RequestContext) async throws -> SecurityGroup {
        guard let group = try await storage.reading.securityGroups.group(id, visibleTo: caller) else {
            throw NetworkError.securityGroupNotFound(id.description)
        }
        return group
    }

    /// Makes the default group of the project whose groups are asked for, when it has none yet.
    func list(_ query: ListQuery, for caller: RequestContext) async throws -> Page<SecurityGroup> {
        let named = query.filters.first { $0.field == "project_id" }?.values
        let projectID = caller.isAdmin ? named?.first ?? caller.projectID : caller.projectID
        try await ensureDefault(ofProject: projectID)
        return try await storage.reading.securityGroups.list(query, visibleTo: caller)
    }

    private func ensureDefault(ofProject projectID: String) async throws {
        guard !projectID.isEmpty, try await !storage.reading.securityGroups.hasDefault(ofProject: projectID) else {
            return
        }
        try await storage.writing { writing in
            _ = try await writing.defaultSecurityGroup(ofProject: projectID)
        }
    }

    /// Makes all groups or none; one whose id the caller's project has already is given as it is.
    func create(_ drafts: [SecurityGroup.Draft], by caller: RequestContext) async throws -> [SecurityGroup] {
        try await storage.writing { writing in
            var made: [SecurityGroup] = []
            for draft in drafts {
                let group = try SecurityGroup(draft, by: caller)
                _ = try await writing.defaultSecurityGroup(ofProject: group.projectID)
                made.append(try await create(group, by: caller, in: writing))
            }
            return made
        }
    }

    private func create(
        _ group: SecurityGroup,
        by caller: RequestContext,
        in writing: Writing
    ) async throws -> SecurityGroup {
        guard let made = try await writing.insert(group) else {
            let present = try await writing.stores.securityGroups.group(group.id, visibleTo: caller)
            guard let present, present.projectID == group.projectID else {
                throw NetworkError.conflict("the id \(group.id) is taken")
            }
            return present
        }
        writing.count(.securityGroup, of: made.projectID, by: 1)
        return made
    }

    func update(
        _ id: SecurityGroupID,
        _ change: SecurityGroup.Change,
        expecting revision: Revision?,
        by caller: RequestContext
    ) async throws -> SecurityGroup {
        try await storage.writing { writing in
            let present = try await groupForUpdate(id, expecting: revision, by: caller, in: writing.stores)
            let wanted = try present.applying(change)
            if wanted.isStateful != present.isStateful, try await writing.stores.securityGroups.isInUse(id) {
                throw NetworkError.securityGroupInUse(id)
            }
            return try await writing.stores.securityGroups.update(wanted)
        }
    }

    /// Deletes a group that no port has, with its rules and those of other groups that name it.
    func delete(_ id: SecurityGroupID, expecting revision: Revision?, by caller: RequestContext) async throws {
        try await storage.writing { writing in
            let stores = writing.stores
            let group = try await groupForUpdate(id, expecting: revision, by: caller, in: stores)
            // A default is made again when it is needed; administrators clear up after a project.
            guard !group.isDefault || caller.isAdmin else { throw NetworkError.securityGroupCannotRemoveDefault }
            guard try await !stores.securityGroups.isInUse(id) else { throw NetworkError.securityGroupInUse(id) }
            for owner in try await stores.securityGroupRules.deleteAll(of: id) {
                writing.count(.securityGroupRule, of: owner, by: -1)
            }
            try await writing.endPolicies(of: .securityGroup(id))
            try await stores.securityGroups.delete(id)
            writing.count(.securityGroup, of: group.projectID, by: -1)
        }
    }

    private func groupForUpdate(
        _ id: SecurityGroupID,
        expecting revision: Revision?,
        by caller: RequestContext,
        in stores: Stores
    ) async throws -> SecurityGroup {
        guard let group = try await stores.securityGroups.groupForUpdate(id, visibleTo: caller) else {
            throw NetworkError.securityGroupNotFound(id.description)
        }
        try caller.requireWriting("security group \(id)", ownedBy: group.projectID)
        try group.history.require(revision)
        return group
    }
}
