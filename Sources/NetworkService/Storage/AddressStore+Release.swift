internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

extension AddressStore {
    /// Keeps the pools of a port's subnets as they are, so that what it lets go returns to the right stock.
    private static func lockingSubnets(of port: PortID) -> SQL {
        """
        SELECT 1 FROM subnets WHERE id IN (SELECT subnet_id FROM ip_allocations WHERE port_id = \(port))
        ORDER BY id FOR KEY SHARE
        """
    }

    /// The statements that give all addresses of a port back to their pools, one after the other.
    ///
    /// Need `portForUpdate`.
    static func releasing(_ port: PortID) -> [SQL] {
        [
            lockingSubnets(of: port), restocking("a.port_id = \(port)"),
            "DELETE FROM ip_allocations WHERE port_id = \(port)",
        ]
    }

    /// Gives all addresses of a port back to their pools; they go with the port.
    ///
    /// Needs `portForUpdate`.
    func releaseAll(of port: PortID) async throws {
        _ = try await source.query(Self.releasing(port))
    }

    /// Gives some addresses of a port back to their pools.
    ///
    /// Needs `portForUpdate`.
    func release(_ addresses: [IPAddress], of port: PortID) async throws {
        guard !addresses.isEmpty else { return }
        _ = try await source.query([
            Self.lockingSubnets(of: port),
            Self.restocking("a.port_id = \(port) AND a.ip_address = ANY(\(addresses)::inet[])"),
            "DELETE FROM ip_allocations WHERE port_id = \(port) AND ip_address = ANY(\(addresses)::inet[])",
        ])
    }

    /// Puts allocated addresses at the end of the stock, before they are let go: a taker that is just finding one there
    /// drops it, and is waited for, so none is lost between the two.
    private static func restocking(_ condition: SQL) -> SQL {
        """
        INSERT INTO free_addresses (subnet_id, ip_address)
        SELECT a.subnet_id, a.ip_address FROM ip_allocations a JOIN allocation_pools l
            ON l.subnet_id = a.subnet_id AND a.ip_address BETWEEN l.first_address AND l.last_address
        WHERE \(condition) ORDER BY a.subnet_id, a.ip_address
        ON CONFLICT ON CONSTRAINT free_addresses_key DO UPDATE SET ticket = DEFAULT
        """
    }

    /// Gives the places of a port's addresses their numbers.
    func number(_ addresses: [IPAddress], of port: PortID) async throws {
        _ = try await source.query(
            """
            UPDATE ip_allocations a SET position = o.place
            FROM unnest(\(addresses)::inet[]) WITH ORDINALITY o (address, place)
            WHERE a.port_id = \(port) AND a.ip_address = o.address AND a.position <> o.place
            """
        )
    }
}
