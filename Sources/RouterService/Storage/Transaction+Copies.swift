internal import Listing
internal import Postgres
internal import ResourceModel

extension Transaction {
    /// Keeps what NetworkService said of a network; false when this revision or a newer one is known already.
    func keep(_ network: Network) async throws(PostgresError) -> Bool {
        try await execute(
            """
            INSERT INTO networks (id, external, mtu, network_type, physical_network, segmentation_id, has_ipv6_scope,
                revision_number)
            VALUES (\(network.id), \(network.isExternal), \(network.mtu), \(network.type),
                \(network.physicalNetwork), \(network.segmentationID), \(network.hasIPv6Scope), \(network.revision))
            ON CONFLICT (id) DO UPDATE SET external = excluded.external, mtu = excluded.mtu,
                network_type = excluded.network_type, physical_network = excluded.physical_network,
                segmentation_id = excluded.segmentation_id, has_ipv6_scope = excluded.has_ipv6_scope,
                revision_number = excluded.revision_number, seen_at = now()
            WHERE networks.revision_number < excluded.revision_number
            """
        ) == 1
    }

    /// Keeps what NetworkService said of a subnet; false when this revision or a newer one is known already.
    func keep(_ subnet: Subnet) async throws(PostgresError) -> Bool {
        try await execute(
            """
            INSERT INTO subnets (id, network_id, project_id, cidr, gateway_ip, ipv6_ra_mode, ipv6_address_mode,
                dns_nameservers, revision_number)
            VALUES (\(subnet.id), \(subnet.networkID), \(subnet.projectID), \(subnet.cidr), \(subnet.gatewayIP),
                \(subnet.raMode), \(subnet.addressMode), \(subnet.dnsNameservers), \(subnet.revision))
            ON CONFLICT (id) DO UPDATE SET project_id = excluded.project_id, cidr = excluded.cidr,
                gateway_ip = excluded.gateway_ip, ipv6_ra_mode = excluded.ipv6_ra_mode,
                ipv6_address_mode = excluded.ipv6_address_mode, dns_nameservers = excluded.dns_nameservers,
                revision_number = excluded.revision_number, seen_at = now()
            WHERE subnets.revision_number < excluded.revision_number
            """
        ) == 1
    }

    /// Keeps what NetworkService said of a port; false when this revision or a newer one is known already.
    @discardableResult
    func keep(_ port: Port) async throws(PostgresError) -> Bool {
        try await execute(
            """
            INSERT INTO ports (id, network_id, project_id, mac_address, subnet_ids, ip_addresses, revision_number)
            VALUES (\(port.id), \(port.networkID), \(port.projectID), \(port.macAddress),
                \(port.addresses.map(\.subnetID)), \(port.addresses.map(\.address)), \(port.revision))
            ON CONFLICT (id) DO UPDATE SET mac_address = excluded.mac_address, subnet_ids = excluded.subnet_ids,
                ip_addresses = excluded.ip_addresses, revision_number = excluded.revision_number, seen_at = now()
            WHERE ports.revision_number < excluded.revision_number
            """
        ) == 1
    }

    /// Notes that a snapshot named these objects, whoever wrote their copies and when.
    func touch(networks: [NetworkID], subnets: [SubnetID], ports: [PortID]) async throws(PostgresError) {
        try await execute("UPDATE networks SET seen_at = now() WHERE id = ANY(\(networks)::uuid[])")
        try await execute("UPDATE subnets SET seen_at = now() WHERE id = ANY(\(subnets)::uuid[])")
        try await execute("UPDATE ports SET seen_at = now() WHERE id = ANY(\(ports)::uuid[])")
    }

    /// Whether a change of the port's addresses is under way, whose outcome alone counts.
    func isChanging(_ port: PortID) async throws(PostgresError) -> Bool {
        try await !query("SELECT 1 FROM duties WHERE port_id = \(port) AND action IN ('changing', 'restore')").isEmpty
    }

    /// Lets go of the copy of something that is gone and that no router uses.
    func forget(network id: NetworkID) async throws(PostgresError) {
        try await execute(
            """
            DELETE FROM networks WHERE id = \(id) AND NOT EXISTS (
                SELECT FROM ports p JOIN router_ports l ON l.port_id = p.id WHERE p.network_id = \(id))
            """
        )
    }

    /// Lets go of the copy of something that is gone and that no router uses.
    func forget(subnet id: SubnetID) async throws(PostgresError) {
        try await execute(
            """
            DELETE FROM subnets WHERE id = \(id) AND NOT EXISTS (
                SELECT FROM ports p JOIN router_ports l ON l.port_id = p.id
                WHERE p.subnet_ids @> ARRAY[\(id)::uuid])
            """
        )
    }

    /// Lets go of the copy of something that is gone and that no router uses.
    func forget(port id: PortID) async throws(PostgresError) {
        try await execute(
            """
            DELETE FROM ports WHERE id = \(id)
                AND NOT EXISTS (SELECT FROM router_ports l WHERE l.port_id = \(id))
            """
        )
    }

    /// Lets go of every copy that a whole snapshot did not name, as far as no router uses it.
    func forgetUnseen(since moment: PostgresTimestamp) async throws(PostgresError) {
        try await execute(
            """
            DELETE FROM ports p WHERE p.seen_at < \(moment)
                AND NOT EXISTS (SELECT FROM router_ports l WHERE l.port_id = p.id)
            """
        )
        try await execute(
            """
            DELETE FROM subnets s WHERE s.seen_at < \(moment) AND NOT EXISTS (
                SELECT FROM ports p JOIN router_ports l ON l.port_id = p.id WHERE p.subnet_ids @> ARRAY[s.id])
            """
        )
        try await execute(
            """
            DELETE FROM networks n WHERE n.seen_at < \(moment) AND NOT EXISTS (
                SELECT FROM ports p JOIN router_ports l ON l.port_id = p.id WHERE p.network_id = n.id)
            """
        )
    }
}

extension Transaction {
    /// The routers that nodes build differently after a change, locked.
    func routersForUpdate(_ touched: Touched) async throws(PostgresError) -> [Router] {
        let condition: SQL =
            switch touched {
            case .port(let id): "l.port_id = \(id)"
            case .network(let id): "p.network_id = \(id)"
            case .subnet(let id, let network):
                "p.subnet_ids @> ARRAY[\(id)::uuid] OR (l.role <> 'interface' AND p.network_id = \(network))"
            }
        let rows = try await query(
            """
            SELECT \(RouterRow.columns) FROM routers r WHERE r.id IN (
                SELECT l.router_id FROM router_ports l JOIN ports p ON p.id = l.port_id WHERE \(condition))
            ORDER BY r.id FOR UPDATE
            """
        )
        return try rows.map(RouterRow.read)
    }

    /// What changed at NetworkService.
    enum Touched: Sendable {
        case network(NetworkID)
        case subnet(SubnetID, NetworkID)
        case port(PortID)
    }

    /// Gives a locked router its next revision.
    func bump(_ router: inout Router) async throws(PostgresError) {
        let rows = try await query(
            """
            UPDATE routers r SET revision_number = revision_number + 1, updated_at = now() WHERE r.id = \(router.id)
            RETURNING \(RouterRow.columns)
            """
        )
        if let row = rows.first { router = try RouterRow.read(row) }
    }
}
