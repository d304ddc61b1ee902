internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// What ports keep networks and subnets from.
extension PortStore {
    /// Whether the network has a port that does not go away with it by itself.
    func isInUse(_ network: NetworkID, besides disposable: [String]) async throws -> Bool {
        try await !source.query(
            """
            SELECT 1 FROM ports WHERE network_id = \(network) AND device_owner <> ALL(\(disposable)) LIMIT 1
            """
        ).isEmpty
    }

    /// All of a network's ports.
    func all(of network: NetworkID) async throws -> [Port] {
        try await source.all(
            "SELECT \(Port.columns) FROM ports p WHERE p.network_id = \(network) ORDER BY p.id",
            Port.init(row:)
        )
    }

    /// Whether a port of one of the owners is on the network.
    func hasPort(on network: NetworkID, ofOwners owners: [String]) async throws -> Bool {
        try await !source.query(
            "SELECT 1 FROM ports WHERE network_id = \(network) AND device_owner = ANY(\(owners)) LIMIT 1"
        ).isEmpty
    }

    /// The router's interface that has an address, if one does.
    func routerInterface(with address: IPAddress, in subnet: Subnet) async throws -> PortID? {
        try await source.first(
            """
            SELECT p.id FROM ip_allocations a JOIN ports p ON p.id = a.port_id
            WHERE a.network_id = \(subnet.networkID) AND a.ip_address = \(address)
                AND p.device_owner = ANY(\(DeviceOwner.routerInterfaces.sorted()))
            """
        ) { row throws(PostgresError) in try row.column(0) }
    }

    /// Ports with an address of the subnet, each with its owner.
    func ports(withAddressOf subnet: SubnetID) async throws -> [(id: PortID, owner: String)] {
        try await source.all(
            """
            SELECT DISTINCT p.id, p.device_owner FROM ip_allocations a JOIN ports p ON p.id = a.port_id
            WHERE a.subnet_id = \(subnet) ORDER BY p.id
            """
        ) { row throws(PostgresError) in (try row.column(0), try row.column(1)) }
    }

    /// One more revision, as when a port loses an address; gives revision and owner.
    func touch(_ id: PortID) async throws -> (revision: Revision, owner: String)? {
        try await source.first(
            """
            UPDATE ports SET updated_at = now(), revision_number = revision_number + 1
            WHERE id = \(id) RETURNING revision_number, device_owner
            """
        ) { row throws(PostgresError) in (try row.column(0), try row.column(1)) }
    }
}
