internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on security groups' rules.
struct SecurityGroupRuleStore: Sendable {
    let source: any QueryRunner

    func rule(_ id: SecurityGroupRuleID, visibleTo caller: RequestContext) async throws -> SecurityGroupRule? {
        try await source.first(
            """
            SELECT \(SecurityGroupRule.columns) FROM security_group_rules r
            JOIN security_groups g ON g.id = r.security_group_id
            WHERE r.id = \(id) AND \(Visibility(caller: caller).ofSecurityGroupRules)
            """,
            SecurityGroupRule.init(row:)
        )
    }

    func list(_ query: ListQuery, visibleTo caller: RequestContext) async throws -> Page<SecurityGroupRule> {
        try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.securityGroupRules.page(
                query,
                selecting: SecurityGroupRule.columns,
                where: Visibility(caller: caller).ofSecurityGroupRules,
                in: source,
                SecurityGroupRule.init(row:)
            )
        }
    }

    /// How a rule went in.
    enum Insertion: Sendable {
        case inserted(SecurityGroupRule)
        case idTaken
        /// A rule of the group means the same.
        case meaningTaken(SecurityGroupRuleID)
    }

    /// Puts a rule in.
    ///
    /// - Throws: `securityGroupNotFound` when the remote group went in the meantime.
    func insert(_ rule: SecurityGroupRule) async throws -> Insertion {
        do throws(PostgresError) {
            if let history = try await source.first(insertion(of: rule), History.init(row:)) {
                var stored = rule
                stored.history = history
                return .inserted(stored)
            }
        } catch {
            guard error.serverError?.constraint == "security_group_rules_remote_fkey" else { throw error }
            throw NetworkError.securityGroupNotFound(rule.remoteGroupID?.description ?? "")
        }
        let same = try await source.first(
            """
            SELECT id FROM security_group_rules
            WHERE security_group_id = \(rule.groupID) AND meaning = \(rule.meaning)
            """
        ) { row throws(PostgresError) in try row.column(0, as: SecurityGroupRuleID.self) }
        guard let same, same != rule.id else { return .idTaken }
        return .meaningTaken(same)
    }

    private func insertion(of rule: SecurityGroupRule) -> SQL {
        """
        INSERT INTO security_group_rules (
            id, project_id, description, security_group_id, direction, ethertype, protocol, port_range_min,
            port_range_max, remote_ip_prefix, remote_group_id, meaning)
        VALUES (
            \(rule.id), \(rule.projectID), \(rule.description), \(rule.groupID), \(rule.direction.rawValue),
            \(rule.ethertype.rawValue), \(rule.protocolName), \(rule.first), \(rule.last),
            \(rule.remotePrefix?.description)::inet, \(rule.remoteGroupID), \(rule.meaning))
        ON CONFLICT DO NOTHING
        RETURNING created_at, updated_at, revision_number
        """
    }

    func delete(_ id: SecurityGroupRuleID) async throws {
        _ = try await source.query("DELETE FROM security_group_rules WHERE id = \(id)")
    }

    /// Takes away a group's rules, and those of other groups that name it.
    ///
    /// - Returns: The owner of each.
    func deleteAll(of group: SecurityGroupID) async throws -> [String] {
        try await source.all(
            """
            DELETE FROM security_group_rules
            WHERE security_group_id = \(group) OR remote_group_id = \(group) RETURNING project_id
            """
        ) { row throws(PostgresError) in try row.column(0) }
    }
}
