internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// The statements on ports.
struct PortStore: Sendable {
    let source: any QueryRunner

    func port(_ id: PortID, visibleTo caller: RequestContext) async throws -> Port? {
        try await source.first(
            """
            SELECT \(Port.columns) FROM ports p JOIN networks n ON n.id = p.network_id
            WHERE p.id = \(id) AND \(Visibility(caller: caller).ofPorts)
            """,
            Port.init(row:)
        )
    }

    /// Lets nobody else at the port.
    ///
    /// Its addresses are read after the lock is had, so they are those that it has.
    func portForUpdate(_ id: PortID, visibleTo caller: RequestContext) async throws -> Port? {
        let rows = try await source.query(
            """
            SELECT 1 FROM ports p JOIN networks n ON n.id = p.network_id
            WHERE p.id = \(id) AND \(Visibility(caller: caller).ofPorts) FOR UPDATE OF p
            """
        )
        return rows.isEmpty ? nil : try await port(id, visibleTo: caller)
    }

    /// Those of the ids that exist and that the caller may see.
    func ports(_ ids: [PortID], visibleTo caller: RequestContext) async throws -> [Port] {
        try await source.all(
            """
            SELECT \(Port.columns) FROM ports p JOIN networks n ON n.id = p.network_id
            WHERE p.id = ANY(\(ids)) AND \(Visibility(caller: caller).ofPorts)
            """,
            Port.init(row:)
        )
    }

    /// The next ports of some device owners after an id, in the order of their ids.
    func ports(ofOwners owners: [String], after id: PortID?, limit: Int) async throws -> [Port] {
        try await source.all(
            """
            SELECT \(Port.columns) FROM ports p
            WHERE p.device_owner = ANY(\(owners)) AND (\(id)::uuid IS NULL OR p.id > \(id)::uuid)
            ORDER BY p.id LIMIT \(limit)
            """,
            Port.init(row:)
        )
    }

    /// Puts a port in without addresses, unless its id or hardware address is taken.
    func insertion(of port: Port) -> SQL {
        """
        INSERT INTO ports (
            id, project_id, name, description, tags, network_id, admin_state_up, mac_address, device_id, device_owner,
            status, security_groups, port_security_enabled, address_pair_prefixes, address_pair_macs,
            dhcp_option_names, dhcp_option_values, dhcp_option_versions, binding_vnic_type, binding_host_id,
            binding_profile, dns_name, dns_domain, ip_allocation, qos_policy_id, holder_kind, holder_id,
            holder_project)
        VALUES (
            \(port.id), \(port.projectID), \(port.labels.name), \(port.labels.description), \(port.labels.tags),
            \(port.networkID), \(port.isAdminUp), \(port.mac), \(port.deviceID), \(port.deviceOwner),
            \(port.status.rawValue), \(port.securityGroups), \(port.isPortSecurityEnabled),
            \(port.allowedAddressPairs.map(\.prefix)), \(port.allowedAddressPairs.map { $0.mac?.description ?? "" }),
            \(port.dhcpOptions.map(\.name)), \(port.dhcpOptions.map(\.value)),
            \(port.dhcpOptions.map(\.version.rawValue)), \(port.binding.vnicType), \(port.binding.host),
            \(port.binding.profile)::json, \(port.dnsName), \(port.dnsDomain), \(port.allocation.rawValue),
            \(port.qosPolicyID), \(port.holder?.kind), \(port.holder?.id), \(port.holderProject))
        ON CONFLICT DO NOTHING
        RETURNING created_at, updated_at, revision_number
        """
    }

    /// Writes all that can change but the addresses, as one more revision, and gives what it is now.
    ///
    /// - Throws: `macAddressInUse`.
    func update(_ port: Port) async throws -> Port {
        var stored = port
        do throws(PostgresError) {
            for row in try await source.query(change(to: port)) { stored.history = try History(row: row) }
        } catch {
            guard error.serverError?.constraint == "ports_mac_address_key" else { throw error }
            throw NetworkError.macAddressInUse(port.mac, port.networkID)
        }
        return stored
    }

    private func change(to port: Port) -> SQL {
        """
        UPDATE ports SET
            name = \(port.labels.name), description = \(port.labels.description), tags = \(port.labels.tags),
            admin_state_up = \(port.isAdminUp), mac_address = \(port.mac), device_id = \(port.deviceID),
            device_owner = \(port.deviceOwner), status = \(port.status.rawValue),
            security_groups = \(port.securityGroups), port_security_enabled = \(port.isPortSecurityEnabled),
            address_pair_prefixes = \(port.allowedAddressPairs.map(\.prefix)),
            address_pair_macs = \(port.allowedAddressPairs.map { $0.mac?.description ?? "" }),
            dhcp_option_names = \(port.dhcpOptions.map(\.name)),
            dhcp_option_values = \(port.dhcpOptions.map(\.value)),
            dhcp_option_versions = \(port.dhcpOptions.map(\.version.rawValue)),
            binding_vnic_type = \(port.binding.vnicType), binding_host_id = \(port.binding.host),
            binding_profile = \(port.binding.profile)::json, dns_name = \(port.dnsName),
            dns_domain = \(port.dnsDomain), ip_allocation = \(port.allocation.rawValue),
            qos_policy_id = \(port.qosPolicyID), updated_at = now(), revision_number = revision_number + 1
        WHERE id = \(port.id)
        RETURNING created_at, updated_at, revision_number
        """
    }

    /// Takes the port away, with its addresses and what leans on them.
    func delete(_ id: PortID) async throws {
        _ = try await source.query("DELETE FROM ports WHERE id = \(id)")
    }
}
