internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

extension QueryRunner {
    /// A forwarding of a floating IP; nil when it has none by this id.
    func forwarding(
        _ id: PortForwardingID,
        of floatingIP: FloatingIPID
    ) async throws(PostgresError) -> PortForwarding? {
        try await query(
            """
            SELECT \(PortForwardingRow.columns) FROM port_forwardings p
            WHERE p.id = \(id) AND p.floating_ip_id = \(floatingIP)
            """
        ).first.map(PortForwardingRow.read)
    }

    /// The forwardings that lead to a port, in the order of ids.
    func forwardings(toPort port: PortID) async throws(PostgresError) -> [PortForwarding] {
        try await query(
            "SELECT \(PortForwardingRow.columns) FROM port_forwardings p WHERE p.internal_port_id = \(port) ORDER BY p.id"
        ).map(PortForwardingRow.read)
    }
}

extension Transaction {
    /// Writes a new forwarding; false when one with its id exists.
    ///
    /// Its floating IP must be locked. Throws `FloatingIPError.badRequest` when it overlaps another, and `PostgresError`.
    func insert(_ new: PortForwarding) async throws -> Bool {
        try await naming(new) { () async throws(PostgresError) in
            try await execute(
                """
                INSERT INTO port_forwardings (id, floating_ip_id, protocol, internal_port_id, internal_ip_address,
                    internal_subnet_id, external_ports, internal_ports, description)
                VALUES (\(new.id), \(new.floatingIPID), \(new.transport.rawValue), \(new.target.portID),
                    \(new.target.address), \(new.target.subnetID),
                    int4range(\(new.externalPorts.first), \(new.externalPorts.last), '[]'),
                    int4range(\(new.internalPorts.first), \(new.internalPorts.last), '[]'), \(new.description))
                ON CONFLICT ON CONSTRAINT port_forwardings_pkey DO NOTHING
                """
            ) == 1
        }
    }

    /// Writes a changed forwarding, whose floating IP must be locked; throws as `insert`.
    func update(_ forwarding: PortForwarding) async throws {
        try await naming(forwarding) { () async throws(PostgresError) in
            _ = try await execute(
                """
                UPDATE port_forwardings SET protocol = \(forwarding.transport.rawValue),
                    internal_port_id = \(forwarding.target.portID),
                    internal_ip_address = \(forwarding.target.address),
                    internal_subnet_id = \(forwarding.target.subnetID),
                    external_ports = int4range(\(forwarding.externalPorts.first), \(forwarding.externalPorts.last), '[]'),
                    internal_ports = int4range(\(forwarding.internalPorts.first), \(forwarding.internalPorts.last), '[]'),
                    description = \(forwarding.description)
                WHERE id = \(forwarding.id)
                """
            )
        }
    }

    private func naming<Answer>(
        _ forwarding: PortForwarding,
        _ body: () async throws(PostgresError) -> Answer
    ) async throws -> Answer {
        do throws(PostgresError) {
            return try await body()
        } catch {
            let (outside, inside) = (forwarding.externalPorts.text, forwarding.internalPorts.text)
            switch error.serverError?.constraint {
            case "port_forwardings_external_excl":
                throw FloatingIPError.badRequest(
                    "external ports \(outside) overlap another \(forwarding.transport) forwarding of the floating IP"
                )
            case "port_forwardings_internal_excl":
                throw FloatingIPError.badRequest(
                    "ports \(inside) of \(forwarding.target.address) have another \(forwarding.transport) forwarding"
                )
            default: throw error
            }
        }
    }

    /// Removes a forwarding, whose floating IP must be locked.
    func delete(_ forwarding: PortForwarding) async throws(PostgresError) {
        try await execute("DELETE FROM port_forwardings WHERE id = \(forwarding.id)")
    }
}
