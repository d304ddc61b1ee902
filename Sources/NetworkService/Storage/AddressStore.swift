internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// Allocates addresses.
///
/// The constraint on `ip_allocations` decides every race; everything else is about finding a free one at a cost that
/// does not depend on how many are taken.
///
/// Each subnet has a stock of addresses that are free. A taker deletes one that nobody else is just taking, so takers do
/// not wait for each other. Only when the stock is empty the next few addresses of a pool are put in, under the lock of
/// the pool. An address that is let go returns to the stock's end.
struct AddressStore: Sendable {
    let source: any QueryRunner

    /// How many addresses go from a pool into the stock at a time.
    private static let portion: UInt128 = 64

    /// Takes a certain address, whether it is in a pool or not.
    ///
    /// - Returns: False when another port has it.
    func take(_ fixed: FixedAddress, for port: Port, position: Int) async throws -> Bool {
        // The stock is left alone: whoever finds the address there finds it taken here, and drops it.
        let rows = try await source.query(
            """
            INSERT INTO ip_allocations (network_id, ip_address, subnet_id, port_id, position)
            VALUES (\(port.networkID), \(fixed.address), \(fixed.subnetID), \(port.id), \(position))
            ON CONFLICT ON CONSTRAINT ip_allocations_address_key DO NOTHING
            """
        )
        return rows.affected == 1
    }

    /// Takes any free address of a subnet's pools.
    ///
    /// Needs `subnetsForKeyShare`.
    ///
    /// - Returns: Nil when all are taken, by transactions that are through.
    func takeAny(of subnet: SubnetID, for port: Port, position: Int) async throws -> IPAddress? {
        while true {
            if let address = try await takeFromStock(of: subnet, waiting: false, for: port, position: position) {
                return address
            }
            if try await restock(subnet) { continue }
            // What is left is being taken right now; whether it is, their transactions' ends will tell.
            return try await takeFromStock(of: subnet, waiting: true, for: port, position: position)
        }
    }

    private func takeFromStock(
        of subnet: SubnetID,
        waiting: Bool,
        for port: Port,
        position: Int
    ) async throws -> IPAddress? {
        while true {
            let rows = try await source.query(taking(of: subnet, waiting: waiting, for: port, position: position))
            guard let row = rows.first else { return nil }
            let (found, placed) = try row.decode(IPAddress?.self, IPAddress?.self)
            if found == nil || placed != nil { return placed }
        }
    }

    private func taking(of subnet: SubnetID, waiting: Bool, for port: Port, position: Int) -> SQL {
        let waiting: SQL = waiting ? "FOR UPDATE" : "FOR UPDATE SKIP LOCKED"
        return """
            WITH candidate AS (
                SELECT subnet_id, ip_address FROM free_addresses WHERE subnet_id = \(subnet)
                ORDER BY ticket LIMIT 1 \(waiting)),
            found AS (
                DELETE FROM free_addresses f USING candidate c
                WHERE f.subnet_id = c.subnet_id AND f.ip_address = c.ip_address RETURNING f.ip_address),
            placed AS (
                INSERT INTO ip_allocations (network_id, ip_address, subnet_id, port_id, position)
                SELECT \(port.networkID), ip_address, \(subnet), \(port.id), \(position) FROM found
                ON CONFLICT ON CONSTRAINT ip_allocations_address_key DO NOTHING RETURNING ip_address)
            SELECT (SELECT ip_address FROM found), (SELECT ip_address FROM placed)
            """
    }

    /// Puts the next free addresses of a pool into the stock.
    ///
    /// - Returns: False when the pools have no more.
    private func restock(_ subnet: SubnetID) async throws -> Bool {
        let rows = try await source.query(
            """
            SELECT first_address, last_address, next_address FROM allocation_pools
            WHERE subnet_id = \(subnet) AND next_address IS NOT NULL ORDER BY first_address LIMIT 1 FOR UPDATE
            """
        )
        guard let row = rows.first else { return false }
        // Another may have restocked while this waited for the lock; then its addresses do.
        if try await isStocked(subnet) { return true }
        let (first, last, next) = try row.decode(IPAddress.self, IPAddress.self, IPAddress.self)
        var rest = AddressRange(first: next, last: last)
        var portion = Self.portion
        while let range = rest {
            let end = range.address(at: portion - 1) ?? range.last
            rest = end.advanced(by: 1).flatMap { AddressRange(first: $0, last: last) }
            let added = try await stock(subnet, from: range.first, through: end)
            if added > 0 { break }
            // All of them were taken by name: look further at once.
            portion = min(portion * 2, 4096)
        }
        _ = try await source.query(
            """
            UPDATE allocation_pools SET next_address = \(rest?.first)
            WHERE subnet_id = \(subnet) AND first_address = \(first)
            """
        )
        return true
    }

    private func isStocked(_ subnet: SubnetID) async throws -> Bool {
        try await !source.query(
            "SELECT 1 FROM free_addresses WHERE subnet_id = \(subnet) LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).isEmpty
    }

    private func stock(_ subnet: SubnetID, from first: IPAddress, through last: IPAddress) async throws -> Int {
        guard let range = AddressRange(first: first, last: last) else { return 0 }
        return try await source.query(
            """
            INSERT INTO free_addresses (subnet_id, ip_address)
            SELECT \(subnet), address FROM unnest(\(Array(range))::inet[]) WITH ORDINALITY p (address, place)
            WHERE NOT EXISTS (
                SELECT FROM ip_allocations a WHERE a.subnet_id = \(subnet) AND a.ip_address = address)
            ORDER BY place
            ON CONFLICT ON CONSTRAINT free_addresses_key DO NOTHING
            """
        ).affected
    }
}
