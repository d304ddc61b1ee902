internal import Listing
internal import Postgres
internal import ResourceModel

/// A conntrack helper's columns, and how to read them.
enum ConntrackHelperRow {
    static let columns: SQL = "h.id, h.router_id, h.protocol, h.port, h.helper"

    static func read(_ row: Row) throws(PostgresError) -> ConntrackHelper {
        ConntrackHelper(
            id: try row.column("id"),
            routerID: try row.column("router_id"),
            rule: ConntrackHelper.Rule(
                transport: try row.column("protocol"),
                port: try row.column("port"),
                helper: try row.column("helper")
            )
        )
    }
}

/// What lists of conntrack helpers can be filtered and sorted by.
enum ConntrackHelperList {
    static let columns = ListColumns(
        from: "conntrack_helpers h",
        id: "h.id",
        [
            ListColumn("protocol", column: "h.protocol", type: .text),
            ListColumn("port", column: "h.port", type: .integer),
            ListColumn("helper", column: "h.helper", type: .text),
        ]
    )
}

extension QueryRunner {
    /// A helper of a router; nil when it has none by this id.
    func conntrackHelper(
        _ id: ConntrackHelperID,
        of router: RouterID
    ) async throws(PostgresError) -> ConntrackHelper? {
        try await query(
            """
            SELECT \(ConntrackHelperRow.columns) FROM conntrack_helpers h
            WHERE h.id = \(id) AND h.router_id = \(router)
            """
        ).first.map(ConntrackHelperRow.read)
    }

    /// The helpers of routers, oldest first.
    func conntrackHelpers(
        ofRouters ids: [RouterID]
    ) async throws(PostgresError) -> [RouterID: [ConntrackHelper]] {
        let rows = try await query(
            """
            SELECT \(ConntrackHelperRow.columns) FROM conntrack_helpers h WHERE h.router_id = ANY(\(ids)::uuid[])
            ORDER BY h.created_at, h.id
            """
        )
        return Dictionary(grouping: try rows.map(ConntrackHelperRow.read), by: \.routerID)
    }
}

extension Transaction {
    /// Writes a new helper; false when one with its id exists.
    ///
    /// Throws `RouterError.badRequest` when the router has one of the kind, and `PostgresError`.
    func insert(_ new: ConntrackHelper) async throws -> Bool {
        try await naming(new) { () async throws(PostgresError) in
            try await execute(
                """
                INSERT INTO conntrack_helpers (id, router_id, protocol, port, helper)
                VALUES (\(new.id), \(new.routerID), \(new.rule.transport), \(new.rule.port), \(new.rule.helper))
                ON CONFLICT ON CONSTRAINT conntrack_helpers_pkey DO NOTHING
                """
            ) == 1
        }
    }

    /// Writes a changed helper; throws as `insert`.
    func update(_ helper: ConntrackHelper) async throws {
        try await naming(helper) { () async throws(PostgresError) in
            _ = try await execute(
                """
                UPDATE conntrack_helpers SET protocol = \(helper.rule.transport), port = \(helper.rule.port),
                    helper = \(helper.rule.helper)
                WHERE id = \(helper.id)
                """
            )
        }
    }

    private func naming<Answer>(
        _ helper: ConntrackHelper,
        _ body: () async throws(PostgresError) -> Answer
    ) async throws -> Answer {
        do throws(PostgresError) {
            return try await body()
        } catch {
            guard error.serverError?.constraint == "conntrack_helpers_one_of_a_kind_key" else { throw error }
            throw RouterError.badRequest(
                "router \(helper.routerID) has conntrack helper \(helper.rule.helper) at \(helper.rule.transport) port "
                    + "\(helper.rule.port) already"
            )
        }
    }

    /// Removes a helper.
    func delete(_ helper: ConntrackHelper) async throws(PostgresError) {
        try await execute("DELETE FROM conntrack_helpers WHERE id = \(helper.id)")
    }
}
