internal import Listing
internal import Postgres
internal import ResourceModel

/// What projects have made of the objects that policies let them use.
///
/// Each needs the object's row locked, so that nothing new comes.
extension RBACPolicyStore {
    /// Whether a project that would lose the object by the end of a policy still uses it.
    ///
    /// Its owner and whoever else is `safe` lose nothing, nor does a project that another policy of the action lets in.
    func isUsed(by policy: RBACPolicy, safe: [String]) async throws -> Bool {
        let users = users(of: policy)
        let object = policy.object
        return try await !source.query(
            """
            SELECT 1 FROM (\(users)) u (project)
            WHERE u.project <> ALL(\(safe)::text[])
                AND (\(policy.target.text) = '*' OR u.project = \(policy.target.text) OR u.project = '')
                AND NOT EXISTS (
                    SELECT FROM rbac_policies b
                    WHERE b.object_id = \(object.idText)::uuid AND b.object_type = \(object.kind.rawValue)
                        AND b.action = \(policy.action.rawValue) AND b.id <> \(policy.id)
                        AND b.target_project IN ('*', u.project))
            LIMIT 1
            """
        ).isEmpty
    }

    /// The projects that use the object as the policy's action lets them.
    private func users(of policy: RBACPolicy) -> SQL {
        let id = policy.object.idText
        switch (policy.object, policy.action) {
        case (.network, .external):
            return """
                SELECT holder_project FROM ports WHERE network_id = \(id)::uuid
                    AND device_owner = ANY(\([DeviceOwner.routerGateway, DeviceOwner.floatingIP])::text[])
                """
        case (.network, .shared):
            // What belongs to no project is on the network for another reason.
            return "SELECT project_id FROM ports WHERE network_id = \(id)::uuid AND project_id <> ''"
        case (.subnetPool, _):
            return "SELECT project_id FROM subnets WHERE subnetpool_id = \(id)::uuid"
        case (.addressScope, _):
            return "SELECT project_id FROM subnet_pools WHERE address_scope_id = \(id)::uuid"
        case (.securityGroup, _):
            return "SELECT project_id FROM ports WHERE security_groups @> \([id])::text[]"
        }
    }

    /// Whether all may see a pool, scope or group, as its policies have it now.
    func settleShared(of object: SharedObject) async throws {
        let table: String
        switch object.kind {
        case .network: return
        case .subnetPool: table = "subnet_pools"
        case .addressScope: table = "address_scopes"
        case .securityGroup: table = "security_groups"
        }
        let isShared = try await hasPolicy(on: object, .shared, for: .all)
        _ = try await source.query(
            """
            UPDATE \(unescaped: table) SET
                shared = \(isShared), updated_at = now(), revision_number = revision_number + 1
            WHERE id = \(object.idText)::uuid AND shared <> \(isShared)
            """
        )
    }
}
