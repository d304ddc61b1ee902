internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on RBAC policies (`b`).
struct RBACPolicyStore: Sendable {
    let source: any QueryRunner

    func policy(_ id: RBACPolicyID, visibleTo caller: RequestContext) async throws -> RBACPolicy? {
        try await source.first(
            """
            SELECT \(RBACPolicy.columns) FROM rbac_policies b
            WHERE b.id = \(id) AND \(Visibility(caller: caller).ofRBACPolicies)
            """,
            RBACPolicy.init(row:)
        )
    }

    func list(_ query: ListQuery, visibleTo caller: RequestContext) async throws -> Page<RBACPolicy> {
        try await NetworkError.listing {
            () async throws(ListError) in
            try await ListColumns.rbacPolicies.page(
                query,
                selecting: RBACPolicy.columns,
                where: Visibility(caller: caller).ofRBACPolicies,
                in: source,
                RBACPolicy.init(row:)
            )
        }
    }

    /// Puts a policy in.
    ///
    /// - Returns: False when there is one with its id, or one that says the same.
    func insert(_ policy: RBACPolicy) async throws -> Bool {
        try await source.query(
            """
            INSERT INTO rbac_policies (id, project_id, object_type, object_id, action, target_project)
            VALUES (
                \(policy.id), \(policy.projectID), \(policy.object.kind.rawValue), \(policy.object.idText)::uuid,
                \(policy.action.rawValue), \(policy.target.text))
            ON CONFLICT DO NOTHING
            """
        ).affected == 1
    }

    /// Makes a policy one for another project; false when there is one that says the same.
    func retarget(_ policy: RBACPolicy) async throws -> Bool {
        do throws(PostgresError) {
            _ = try await source.query(
                "UPDATE rbac_policies SET target_project = \(policy.target.text) WHERE id = \(policy.id)"
            )
            return true
        } catch {
            guard error.serverError?.constraint == "rbac_policies_key" else { throw error }
            return false
        }
    }

    func delete(_ id: RBACPolicyID) async throws {
        _ = try await source.query("DELETE FROM rbac_policies WHERE id = \(id)")
    }

    /// Takes away an object's policies, or those for an action, or the one for all projects; gives those that went.
    func deleteAll(
        of object: SharedObject,
        _ action: RBACPolicy.Action? = nil,
        onlyForAll: Bool = false
    ) async throws -> [RBACPolicy] {
        try await source.all(
            """
            DELETE FROM rbac_policies b
            WHERE b.object_id = \(object.idText)::uuid AND b.object_type = \(object.kind.rawValue)
                AND (\(action?.rawValue)::text IS NULL OR b.action = \(action?.rawValue)::text)
                AND (NOT \(onlyForAll) OR b.target_project = '*')
            RETURNING \(RBACPolicy.columns)
            """,
            RBACPolicy.init(row:)
        )
    }

    /// Whether an object has a policy of an action for a project, or for any when nil.
    func hasPolicy(
        on object: SharedObject,
        _ action: RBACPolicy.Action,
        for target: RBACPolicy.Target?
    ) async throws -> Bool {
        try await !source.query(
            """
            SELECT 1 FROM rbac_policies
            WHERE object_id = \(object.idText)::uuid AND object_type = \(object.kind.rawValue)
                AND action = \(action.rawValue)
                AND (\(target?.text)::text IS NULL OR target_project = \(target?.text)::text) LIMIT 1
            """
        ).isEmpty
    }
}

extension RBACPolicy {
    static let columns: SQL = "b.id, b.project_id, b.object_type, b.object_id, b.action, b.target_project"

    init(row: Row) throws(PostgresError) {
        let kind = try SharedObject.Kind(column: "object_type", of: row)
        let text: String = try row.column("object_id")
        let object: SharedObject
        do throws(NetworkError) {
            object = try SharedObject(kind, idText: text)
        } catch {
            throw .decoding("column \"object_id\": \(error.message)")
        }
        self.init(
            id: try row.column("id"),
            projectID: try row.column("project_id"),
            object: object,
            action: try Action(column: "action", of: row),
            target: Target(try row.column("target_project"))
        )
    }
}

extension ListColumns {
    static let rbacPolicies = ListColumns(
        from: "rbac_policies AS b",
        id: "b.id",
        [
            ListColumn("project_id", column: "b.project_id", type: .text),
            ListColumn("object_type", column: "b.object_type", type: .text),
            ListColumn("object_id", column: "b.object_id", type: .uuid),
            ListColumn("action", column: "b.action", type: .text),
            ListColumn("target_project", column: "b.target_project", type: .text),
        ]
    )
}
