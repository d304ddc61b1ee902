internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

// A port's row (`p`) and the port it is.

extension Port {
    static let columns: SQL = """
        p.id, p.project_id, p.name, p.description, p.created_at, p.updated_at, p.revision_number, p.tags, p.network_id,
        p.admin_state_up, p.mac_address, p.device_id, p.device_owner, p.status, p.security_groups,
        p.port_security_enabled, p.address_pair_prefixes, p.address_pair_macs, p.dhcp_option_names,
        p.dhcp_option_values, p.dhcp_option_versions, p.binding_vnic_type, p.binding_host_id, p.binding_profile,
        p.dns_name, p.dns_domain, p.ip_allocation, p.qos_policy_id, p.holder_kind, p.holder_id,
        ARRAY(SELECT a.subnet_id FROM ip_allocations a WHERE a.port_id = p.id ORDER BY a.position, a.ip_address)
            AS address_subnets,
        ARRAY(SELECT a.ip_address FROM ip_allocations a WHERE a.port_id = p.id ORDER BY a.position, a.ip_address)
            AS addresses
        """

    init(row: Row) throws(PostgresError) {
        id = try row.column("id")
        projectID = try row.column("project_id")
        labels = try Labels(row: row)
        history = try History(row: row)
        networkID = try row.column("network_id")
        isAdminUp = try row.column("admin_state_up")
        mac = try row.column("mac_address")
        fixedAddresses = try Port.fixedAddresses(of: row)
        deviceID = try row.column("device_id")
        deviceOwner = try row.column("device_owner")
        status = try PortStatus(column: "status", of: row)
        securityGroups = try row.column("security_groups")
        isPortSecurityEnabled = try row.column("port_security_enabled")
        allowedAddressPairs = try Port.addressPairs(of: row)
        dhcpOptions = try Port.dhcpOptions(of: row)
        binding = Binding(
            vnicType: try row.column("binding_vnic_type"),
            host: try row.column("binding_host_id"),
            profile: try row.column("binding_profile")
        )
        dnsName = try row.column("dns_name")
        dnsDomain = try row.column("dns_domain")
        allocation = try AddressAllocation(column: "ip_allocation", of: row)
        qosPolicyID = try row.column("qos_policy_id")
        holder = try Holder(row: row)
    }

    private static func fixedAddresses(of row: Row) throws(PostgresError) -> [FixedAddress] {
        let subnets: [SubnetID] = try row.column("address_subnets")
        let addresses: [IPAddress] = try row.column("addresses")
        return zip(subnets, addresses).map { FixedAddress(subnetID: $0, address: $1) }
    }

    private static func addressPairs(of row: Row) throws(PostgresError) -> [AddressPair] {
        let prefixes: [String] = try row.column("address_pair_prefixes")
        let macs: [String] = try row.column("address_pair_macs")
        return zip(prefixes, macs).map { AddressPair(prefix: $0, mac: MACAddress($1)) }
    }

    private static func dhcpOptions(of row: Row) throws(PostgresError) -> [DHCPOption] {
        let names: [String] = try row.column("dhcp_option_names")
        let values: [String] = try row.column("dhcp_option_values")
        let versions: [Int] = try row.column("dhcp_option_versions")
        return zip(zip(names, values), versions).map { text, version in
            DHCPOption(name: text.0, value: text.1, version: IPVersion(rawValue: version) ?? .v4)
        }
    }
}

extension Holder {
    init?(row: Row) throws(PostgresError) {
        guard let kind = try row.column("holder_kind", as: String?.self),
            let id = try row.column("holder_id", as: String?.self)
        else { return nil }
        self.init(kind: kind, id: id)
    }
}
