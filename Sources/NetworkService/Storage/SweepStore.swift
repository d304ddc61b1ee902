internal import Listing
internal import Postgres
internal import ResourceModel

/// Something that another service asked to be kept, which may be stale.
struct Keepsake: Hashable, Sendable {
    /// What is kept.
    enum Kind: Hashable, Sendable {
        /// The port itself.
        case port
        /// References to the port.
        case reference
    }

    var kind: Kind
    var portID: PortID
    var holder: Holder
    /// When it was last asked for or about.
    var checkedAt: Timestamp
}

/// The statements with which stale keepsakes are found.
///
/// Whoever picks one marks it, so that replicas share the work.
struct SweepStore: Sendable {
    let database: Database

    /// Ports that were not asked for or about for so long, at most so many, marked as being asked about now.
    func pickPorts(olderThan seconds: Int64, limit: Int) async throws -> [Keepsake] {
        try await database.withTransaction { transaction in
            try await transaction.all(
                """
                UPDATE ports SET holder_checked_at = clock_timestamp() WHERE id IN (
                    SELECT id FROM ports
                    WHERE holder_kind IS NOT NULL AND holder_checked_at < now() - make_interval(secs => \(seconds))
                    ORDER BY holder_checked_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
                RETURNING id, holder_kind, holder_id, holder_checked_at
                """
            ) { row throws(PostgresError) in try Keepsake(.port, row: row) }
        }
    }

    /// References that were not asked for or about for so long, at most so many, marked as being asked about now.
    func pickReferences(olderThan seconds: Int64, limit: Int) async throws -> [Keepsake] {
        try await database.withTransaction { transaction in
            try await transaction.all(
                """
                UPDATE port_references r SET checked_at = clock_timestamp() FROM (
                    SELECT port_id, holder_kind, holder_id, ip_address FROM port_references
                    WHERE checked_at < now() - make_interval(secs => \(seconds))
                    ORDER BY checked_at LIMIT \(limit) FOR UPDATE SKIP LOCKED) old
                WHERE r.port_id = old.port_id AND r.holder_kind = old.holder_kind AND r.holder_id = old.holder_id
                    AND r.ip_address = old.ip_address
                RETURNING r.port_id, r.holder_kind, r.holder_id, r.checked_at
                """
            ) { row throws(PostgresError) in try Keepsake(.reference, row: row) }
        }
    }

    /// Drops a reference unless it was asked for since it was picked.
    func drop(_ keepsake: Keepsake) async throws {
        try await database.execute(
            """
            DELETE FROM port_references
            WHERE port_id = \(keepsake.portID) AND holder_kind = \(keepsake.holder.kind)
                AND holder_id = \(keepsake.holder.id) AND checked_at <= \(keepsake.checkedAt)
            """
        )
    }
}

extension Keepsake {
    fileprivate init(_ kind: Kind, row: Row) throws(PostgresError) {
        self.init(
            kind: kind,
            portID: try row.column(0),
            holder: Holder(kind: try row.column("holder_kind"), id: try row.column("holder_id")),
            checkedAt: try row.column(3)
        )
    }
}
