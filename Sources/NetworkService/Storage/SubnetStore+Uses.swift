internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// What goes along when subnets come and go.
extension SubnetStore {
    /// Ports of a network that make an address by themselves in a new subnet: all but those of services.
    func portsForAutomaticAddresses(on network: NetworkID) async throws -> [(id: PortID, mac: MACAddress)] {
        try await source.all(
            """
            SELECT id, mac_address FROM ports
            WHERE network_id = \(network) AND device_owner <> ALL(\(DeviceOwner.services.sorted()))
                AND ip_allocation <> 'none'
            ORDER BY id FOR KEY SHARE
            """
        ) { row throws(PostgresError) in (try row.column(0), try row.column(1)) }
    }

    /// The gateways of routers on a network that have addresses, if any, of the other family alone.
    func gateways(on network: NetworkID, without version: IPVersion) async throws -> [Port] {
        try await source.all(
            """
            SELECT \(Port.columns) FROM ports p
            WHERE p.network_id = \(network) AND p.device_owner = \(DeviceOwner.routerGateway) AND NOT EXISTS (
                SELECT FROM ip_allocations a
                WHERE a.port_id = p.id AND family(a.ip_address) = \(version.rawValue))
            ORDER BY p.id FOR NO KEY UPDATE OF p
            """,
            Port.init(row:)
        )
    }

    /// Gives ports an address each of a subnet; those whose address another has stay without.
    ///
    /// - Returns: The ports that got one.
    func allocate(_ addresses: [(port: PortID, address: IPAddress)], of subnet: Subnet) async throws -> [PortID] {
        try await source.all(
            """
            INSERT INTO ip_allocations (network_id, ip_address, subnet_id, port_id, position)
            SELECT \(subnet.networkID), address, \(subnet.id), port, 100
            FROM unnest(\(addresses.map(\.port))::uuid[], \(addresses.map(\.address))::inet[]) p (port, address)
            ON CONFLICT ON CONSTRAINT ip_allocations_address_key DO NOTHING
            RETURNING port_id
            """
        ) { row throws(PostgresError) in try row.column(0) }
    }

    /// Takes all addresses of a subnet from their ports.
    ///
    /// Needs `subnetForUpdate`.
    func releaseAll(of subnet: SubnetID) async throws {
        _ = try await source.query("DELETE FROM ip_allocations WHERE subnet_id = \(subnet)")
    }

    /// Whether something leans on an address of the subnet.
    func isReferenced(_ subnet: SubnetID) async throws -> Bool {
        try await !source.query(
            """
            SELECT 1 FROM ip_allocations a JOIN port_references r
                ON r.port_id = a.port_id AND r.ip_address = a.ip_address
            WHERE a.subnet_id = \(subnet) LIMIT 1
            """
        ).isEmpty
    }

    /// One more revision of each of a network's subnets, as when the network becomes external.
    func touchAll(of network: NetworkID) async throws -> [(id: SubnetID, revision: Revision)] {
        try await source.all(
            """
            UPDATE subnets SET updated_at = now(), revision_number = revision_number + 1
            WHERE network_id = \(network) RETURNING id, revision_number
            """
        ) { row throws(PostgresError) in (try row.column(0), try row.column(1)) }
    }
}
