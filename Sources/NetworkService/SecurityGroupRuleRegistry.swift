internal import ResourceModel

/// What can be done with the rules of security groups; each change is one more revision of the group.
struct SecurityGroupRuleRegistry: Sendable {
    let storage: NetworkStorage

    func rule(_ id: SecurityGroupRuleID, for caller: RequestContext) async throws -> SecurityGroupRule {
        guard let rule = try await storage.reading.securityGroupRules.rule(id, visibleTo: caller) else {
            throw NetworkError.securityGroupRuleNotFound(id.description)
        }
        return rule
    }

    func list(_ query: ListQuery, for caller: RequestContext) async throws -> Page<SecurityGroupRule> {
        try await storage.reading.securityGroupRules.list(query, visibleTo: caller)
    }

    /// Makes all rules or none; one whose id is there already is given as it is.
    func create(_ drafts: [SecurityGroupRule.Draft], by caller: RequestContext) async throws -> [SecurityGroupRule] {
        try await storage.writing { writing in
            var made: [SecurityGroupRule] = []
            for draft in drafts { made.append(try await create(draft, by: caller, in: writing)) }
            return made
        }
    }

    private func create(
        _ draft: SecurityGroupRule.Draft,
        by caller: RequestContext,
        in writing: Writing
    ) async throws -> SecurityGroupRule {
        let stores = writing.stores
        let group = try await groupForRules(draft.groupID, by: caller, in: stores)
        let rule = try SecurityGroupRule(draft, in: group, by: caller)
        if let remote = rule.remoteGroupID {
            guard try await stores.securityGroups.group(remote, visibleTo: caller) != nil else {
                throw NetworkError.securityGroupNotFound(remote.description)
            }
        }
        switch try await stores.securityGroupRules.insert(rule) {
        case .inserted(let made):
            try await stores.securityGroups.touch(group.id)
            writing.count(.securityGroupRule, of: made.projectID, by: 1)
            return made
        case .meaningTaken(let same):
            throw NetworkError.securityGroupRuleExists(same)
        case .idTaken:
            let present = try await stores.securityGroupRules.rule(rule.id, visibleTo: caller)
            guard let present, present.groupID == group.id else {
                throw NetworkError.conflict("the id \(rule.id) is taken")
            }
            return present
        }
    }

    func delete(_ id: SecurityGroupRuleID, by caller: RequestContext) async throws {
        let groupID = try await rule(id, for: caller).groupID
        try await storage.writing { writing in
            let stores = writing.stores
            _ = try await groupForRules(groupID, by: caller, in: stores)
            guard let present = try await stores.securityGroupRules.rule(id, visibleTo: caller) else {
                throw NetworkError.securityGroupRuleNotFound(id.description)
            }
            try await stores.securityGroupRules.delete(id)
            try await stores.securityGroups.touch(groupID)
            writing.count(.securityGroupRule, of: present.projectID, by: -1)
        }
    }

    private func groupForRules(
        _ id: SecurityGroupID,
        by caller: RequestContext,
        in stores: Stores
    ) async throws -> SecurityGroup {
        guard let group = try await stores.securityGroups.groupForRules(id, visibleTo: caller) else {
            throw NetworkError.securityGroupNotFound(id.description)
        }
        try caller.requireWriting("security group \(id)", ownedBy: group.projectID)
        return group
    }
}
