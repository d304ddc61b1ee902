internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// An object of another service that leans on a port's address.
struct PortReference: Hashable, Sendable {
    var portID: PortID
    var holder: Holder
    var address: IPAddress
    /// Another one each time that it was asked for; 0 before it is stored.
    var generation: Int64 = 0
}

/// The statements on who leans on ports.
struct ReferenceStore: Sendable {
    let source: any QueryRunner

    /// Records a reference, or that it was asked for again.
    func put(_ reference: PortReference) async throws {
        _ = try await source.query(Self.recording(reference))
    }

    /// The statement of `put`.
    static func recording(_ reference: PortReference) -> SQL {
        """
        INSERT INTO port_references (port_id, holder_kind, holder_id, ip_address)
        VALUES (\(reference.portID), \(reference.holder.kind), \(reference.holder.id), \(reference.address))
        ON CONFLICT ON CONSTRAINT port_references_key DO UPDATE SET
            checked_at = clock_timestamp(), generation = DEFAULT
        """
    }

    /// Drops what a holder has of a port.
    func remove(_ holder: Holder, of port: PortID) async throws {
        _ = try await source.query(Self.dropping(holder, of: [port]))
    }

    /// Drops what a holder has of ports.
    static func dropping(_ holder: Holder, of ports: [PortID]) -> SQL {
        """
        DELETE FROM port_references
        WHERE port_id = ANY(\(ports)::uuid[]) AND holder_kind = \(holder.kind) AND holder_id = \(holder.id)
        """
    }

    func references(to port: PortID) async throws -> Set<PortReference> {
        Set(
            try await source.all(
                """
                SELECT port_id, holder_kind, holder_id, ip_address, generation FROM port_references
                WHERE port_id = \(port)
                """,
                PortReference.init(row:)
            )
        )
    }

    /// Drops some of the references to a port.
    func remove(_ references: Set<PortReference>) async throws {
        for reference in references {
            _ = try await source.query(
                """
                DELETE FROM port_references
                WHERE port_id = \(reference.portID) AND holder_kind = \(reference.holder.kind)
                    AND holder_id = \(reference.holder.id) AND ip_address = \(reference.address)
                """
            )
        }
    }
}

extension PortReference {
    init(row: Row) throws(PostgresError) {
        self.init(
            portID: try row.column("port_id"),
            holder: Holder(kind: try row.column("holder_kind"), id: try row.column("holder_id")),
            address: try row.column("ip_address"),
            generation: try row.column("generation")
        )
    }
}
