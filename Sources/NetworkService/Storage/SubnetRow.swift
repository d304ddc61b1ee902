internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

// A subnet's row (`s`, joined with its network's, `n`) and the subnet it is.

extension Subnet {
    static let columns: SQL = """
        s.id, s.project_id, s.name, s.description, s.created_at, s.updated_at, s.revision_number, s.tags, s.network_id,
        s.cidr, s.gateway_ip, s.enable_dhcp, s.dns_nameservers, s.host_route_destinations, s.host_route_nexthops,
        s.ipv6_ra_mode, s.ipv6_address_mode, s.service_types, s.segment_id, s.dns_publish_fixed_ip, n.router_external,
        s.subnetpool_id,
        ARRAY(SELECT a.first_address FROM allocation_pools a WHERE a.subnet_id = s.id ORDER BY a.first_address)
            AS pool_firsts,
        ARRAY(SELECT a.last_address FROM allocation_pools a WHERE a.subnet_id = s.id ORDER BY a.first_address)
            AS pool_lasts
        """

    init(row: Row) throws(PostgresError) {
        id = try row.column("id")
        projectID = try row.column("project_id")
        labels = try Labels(row: row)
        history = try History(row: row)
        networkID = try row.column("network_id")
        prefix = try row.column("cidr")
        gateway = try row.column("gateway_ip")
        pools = try Subnet.pools(of: row)
        isDHCPEnabled = try row.column("enable_dhcp")
        nameServers = try row.column("dns_nameservers")
        hostRoutes = try Subnet.hostRoutes(of: row)
        ipv6RAMode = IPv6Mode(rawValue: try row.column("ipv6_ra_mode"))
        ipv6AddressMode = IPv6Mode(rawValue: try row.column("ipv6_address_mode"))
        serviceTypes = try row.column("service_types")
        segmentID = try row.column("segment_id")
        publishesFixedAddresses = try row.column("dns_publish_fixed_ip")
        isExternal = try row.column("router_external")
        subnetPoolID = try row.column("subnetpool_id")
    }

    private static func pools(of row: Row) throws(PostgresError) -> [AddressRange] {
        let firsts: [IPAddress] = try row.column("pool_firsts")
        let lasts: [IPAddress] = try row.column("pool_lasts")
        return zip(firsts, lasts).compactMap { AddressRange(first: $0, last: $1) }
    }

    private static func hostRoutes(of row: Row) throws(PostgresError) -> [HostRoute] {
        let destinations: [CIDR] = try row.column("host_route_destinations")
        let nextHops: [IPAddress] = try row.column("host_route_nexthops")
        return zip(destinations, nextHops).map { HostRoute(destination: $0, nextHop: $1) }
    }
}
