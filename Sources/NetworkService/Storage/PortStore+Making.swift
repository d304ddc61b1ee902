internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

extension PortStore {
    /// How a port went in.
    enum Insertion: Sendable {
        /// With the address that it took, if one was wanted and in stock.
        case inserted(Port, FixedAddress?)
        case idTaken
        case macTaken
    }

    /// Puts a port in, and has it take any address that the stock of a subnet has.
    ///
    /// Needs `subnetsForKeyShare` when it names a subnet. Without an address in the end it may still get one by
    /// `AddressStore.takeAny`.
    func insert(_ port: Port, takingAddressOf subnet: SubnetID?) async throws -> Insertion {
        let insertion = insertion(of: port)
        guard let row = try await source.query(subnet.map { making(insertion, of: port, at: $0) } ?? insertion).first
        else {
            let isTaken = try await !source.query("SELECT 1 FROM ports WHERE id = \(port.id)").isEmpty
            return isTaken ? .idTaken : .macTaken
        }
        var stored = port
        stored.history = try History(row: row)
        guard let subnet, let address = try row.column("taken", as: IPAddress?.self) else {
            return .inserted(stored, nil)
        }
        return .inserted(stored, FixedAddress(subnetID: subnet, address: address))
    }

    /// The insertion and `AddressStore.takeAny`'s first attempt in one statement: nothing is taken for a port that did
    /// not go in.
    private func making(_ insertion: SQL, of port: Port, at subnet: SubnetID) -> SQL {
        """
        WITH made AS (\(insertion)),
        candidate AS (
            SELECT subnet_id, ip_address FROM free_addresses
            WHERE subnet_id = \(subnet) AND EXISTS (SELECT FROM made)
            ORDER BY ticket LIMIT 1 FOR UPDATE SKIP LOCKED),
        found AS (
            DELETE FROM free_addresses f USING candidate c
            WHERE f.subnet_id = c.subnet_id AND f.ip_address = c.ip_address RETURNING f.ip_address),
        placed AS (
            INSERT INTO ip_allocations (network_id, ip_address, subnet_id, port_id, position)
            SELECT \(port.networkID), ip_address, \(subnet), \(port.id), 1 FROM found
            ON CONFLICT ON CONSTRAINT ip_allocations_address_key DO NOTHING RETURNING ip_address)
        SELECT created_at, updated_at, revision_number, (SELECT ip_address FROM placed) AS taken FROM made
        """
    }
}
