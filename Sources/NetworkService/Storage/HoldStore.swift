internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements of holds, with as few ways to the server as they can be made with.
struct HoldStore: Sendable {
    let transaction: Transaction

    /// What a hold has to do with, as it is while the transaction lasts.
    struct Scene: Sendable {
        /// The port that has the id already, as it was a moment ago.
        var present: Port?
        /// Not deleted or changed in what ports depend on.
        var network: Network?
        /// The network's and those that are named; not deleted or given other pools.
        var subnets: [Subnet]
        /// The port to lean on, locked.
        var referenced: Port?
    }

    /// Locks what a hold depends on, and reads it.
    func scene(of reservation: Reservation, leaningOn port: PortID?) async throws -> Scene {
        let named = reservation.addresses.namedSubnets
        var statements: [SQL] = [
            "SELECT \(Port.columns) FROM ports p WHERE p.id = \(reservation.portID)",
            "SELECT \(Network.columnsForPorts()) FROM networks n WHERE n.id = \(reservation.networkID) FOR KEY SHARE OF n",
            """
            SELECT \(Subnet.columns) FROM subnets s JOIN networks n ON n.id = s.network_id
            WHERE s.network_id = \(reservation.networkID) OR s.id = ANY(\(named)::uuid[])
            ORDER BY s.created_at, s.id FOR KEY SHARE OF s
            """,
        ]
        // Its addresses are read after the lock is had, so they are those that it has.
        if let port {
            statements += [
                "SELECT 1 FROM ports p WHERE p.id = \(port) FOR UPDATE",
                "SELECT \(Port.columns) FROM ports p WHERE p.id = \(port)",
            ]
        }
        let rows = try await transaction.query(statements)
        var subnets: [Subnet] = []
        for row in rows[2] { subnets.append(try Subnet(row: row)) }
        return Scene(
            present: try rows[0].first.map(Port.init(row:)),
            network: try rows[1].first.map(Network.init(row:)),
            subnets: subnets,
            referenced: port == nil ? nil : try rows[4].first.map(Port.init(row:))
        )
    }

    /// Records a reference, or that it was asked for again, on the way of the next statement.
    func put(_ reference: PortReference) {
        transaction.executeLater(ReferenceStore.recording(reference))
    }

    /// Drops what a holder has of ports, on the way of the next statement.
    func remove(_ holder: Holder, of ports: [PortID]) {
        guard !ports.isEmpty else { return }
        transaction.executeLater(ReferenceStore.dropping(holder, of: ports))
    }

    /// Lets nobody else at a port, and reads it and who leans on it.
    func portForRelease(_ id: PortID) async throws -> (port: Port?, isLeanedOn: Bool) {
        let rows = try await transaction.query([
            "SELECT 1 FROM ports p WHERE p.id = \(id) FOR UPDATE",
            "SELECT \(Port.columns) FROM ports p WHERE p.id = \(id)",
            "SELECT 1 FROM port_references WHERE port_id = \(id) LIMIT 1",
        ])
        return (try rows[1].first.map(Port.init(row:)), !rows[2].isEmpty)
    }

    /// Gives all addresses of a port back and takes the port away, on the way of the next statement.
    ///
    /// Needs `portForRelease`.
    func delete(_ id: PortID) {
        for statement in AddressStore.releasing(id) { transaction.executeLater(statement) }
        transaction.executeLater("DELETE FROM ports WHERE id = \(id)")
    }
}
