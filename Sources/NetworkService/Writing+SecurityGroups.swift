internal import ResourceModel

// Security groups as part of writing something else.

extension Writing {
    /// Puts a group in with its rules; nil when its id is taken, or the project has a default already.
    func insert(_ group: SecurityGroup) async throws -> SecurityGroup? {
        guard var made = try await stores.securityGroups.insert(group) else { return nil }
        made.rules = []
        for rule in group.rules {
            guard case .inserted(let rule) = try await stores.securityGroupRules.insert(rule) else { continue }
            made.rules.append(rule)
            // The rules that every group begins with are nobody's to refuse.
            count(.securityGroupRule, of: rule.projectID, by: 1, isChecked: false)
        }
        // In the order in which they will be read.
        made.rules.sort { $0.id < $1.id }
        return made
    }

    /// The project's default group, made now if there was none; it does not go before the transaction's end.
    ///
    /// A project may have its default whatever its limit is.
    func defaultSecurityGroup(ofProject projectID: String) async throws -> SecurityGroupID {
        // Once more when another transaction makes it in between, and once more when one deletes it.
        for _ in 0..<3 {
            if let id = try await stores.securityGroups.defaultForKeyShare(ofProject: projectID) { return id }
            if let made = try await insert(SecurityGroup(defaultOf: projectID)) {
                count(.securityGroup, of: projectID, by: 1, isChecked: false)
                return made.id
            }
        }
        throw NetworkError.conflict("the default security group of project \(projectID) keeps changing")
    }

    /// The groups that a new port has: those that were named, which must be the caller's to use, or else the default
    /// of its project.
    func securityGroups(of draft: Port.Draft, for port: Port, by caller: RequestContext) async throws -> [String] {
        if let named = draft.securityGroups {
            try await requireSecurityGroups(named, by: caller)
            return named
        }
        guard port.isPortSecurityEnabled, !DeviceOwner.isInfrastructure(port.deviceOwner), !port.projectID.isEmpty
        else { return [] }
        return [try await defaultSecurityGroup(ofProject: port.projectID).description]
    }

    /// - Throws: `securityGroupNotFound` for a group that is not the caller's to use.
    func requireSecurityGroups(_ named: [String], by caller: RequestContext) async throws {
        guard !named.isEmpty else { return }
        var ids: [SecurityGroupID] = []
        for text in named { ids.append(try SecurityGroupID(wire: text)) }
        let known = try await stores.securityGroups.groupsForKeyShare(ids, visibleTo: caller)
        if let missing = ids.first(where: { !known.contains($0) }) {
            throw NetworkError.securityGroupNotFound(missing.description)
        }
    }
}
