internal import Addressing
internal import Listing
internal import Postgres
internal import ResourceModel

/// A router's columns in words, and how to read them.
enum RouterRow {
    static let columns: SQL = """
        r.id, r.project_id, r.name, r.description, r.tags, r.admin_state_up, r.status, r.status_reason,
        r.route_destinations, r.route_nexthops, r.availability_zone_hints, r.flavor_id, r.enable_ndp_proxy,
        r.enable_default_route_bfd, r.enable_default_route_ecmp, r.agent_id, r.revision_number,
        r.created_at, r.updated_at
        """

    static func read(_ row: Row) throws(PostgresError) -> Router {
        var router = Router(id: try row.column("id"), projectID: try row.column("project_id"))
        router.name = try row.column("name")
        router.description = try row.column("description")
        router.tags = try row.column("tags")
        router.isAdminUp = try row.column("admin_state_up")
        router.status = Router.Status(rawValue: try row.column("status")) ?? .error
        router.statusReason = try row.column("status_reason")
        router.routes = try routes(row)
        router.availabilityZoneHints = try row.column("availability_zone_hints")
        router.flavorID = try row.column("flavor_id")
        router.enablesNDPProxy = try row.column("enable_ndp_proxy")
        router.enablesDefaultRouteBFD = try row.column("enable_default_route_bfd")
        router.enablesDefaultRouteECMP = try row.column("enable_default_route_ecmp")
        router.agentID = try row.column("agent_id")
        router.revision = try row.column("revision_number")
        router.createdAt = try row.column("created_at")
        router.updatedAt = try row.column("updated_at")
        return router
    }

    private static func routes(_ row: Row) throws(PostgresError) -> [ExtraRoute] {
        let destinations = try row.column("route_destinations", as: [CIDR].self)
        let nexthops = try row.column("route_nexthops", as: [IPAddress].self)
        return zip(destinations, nexthops).map { ExtraRoute(destination: $0, nexthop: $1) }
    }
}

/// A router's port: the link to the router and the copy of the port, in one.
enum RouterPortRow {
    static let columns: SQL = """
        l.router_id, l.port_id, l.role, l.enable_snat, p.network_id, p.project_id, p.mac_address, p.subnet_ids, p.ip_addresses,
        p.revision_number
        """

    static func read(_ row: Row) throws(PostgresError) -> (router: RouterID, port: RouterPort) {
        let role = RouterPort.Role(rawValue: try row.column("role")) ?? .interface
        var port = RouterPort(try PortRow.read(row, id: "port_id"), role: role)
        port.enablesSNAT = try row.column("enable_snat")
        return (try row.column("router_id"), port)
    }
}

/// The copy of a port.
enum PortRow {
    static func read(_ row: Row, id: String) throws(PostgresError) -> Port {
        Port(
            id: try row.column(id),
            networkID: try row.column("network_id"),
            projectID: try row.column("project_id"),
            macAddress: try row.column("mac_address"),
            addresses: try addresses(row),
            revision: try row.column("revision_number")
        )
    }

    static func addresses(_ row: Row) throws(PostgresError) -> [PortAddress] {
        let subnets = try row.column("subnet_ids", as: [SubnetID].self)
        let addresses = try row.column("ip_addresses", as: [IPAddress].self)
        return zip(subnets, addresses).map { PortAddress(subnetID: $0, address: $1) }
    }
}

/// The copy of a subnet.
enum SubnetRow {
    static let columns: SQL = """
        s.id, s.network_id, s.project_id, s.cidr, s.gateway_ip, s.ipv6_ra_mode, s.ipv6_address_mode, s.dns_nameservers,
        s.revision_number
        """

    static func read(_ row: Row) throws(PostgresError) -> Subnet {
        Subnet(
            id: try row.column("id"),
            networkID: try row.column("network_id"),
            projectID: try row.column("project_id"),
            cidr: try row.column("cidr"),
            gatewayIP: try row.column("gateway_ip"),
            raMode: try row.column("ipv6_ra_mode"),
            addressMode: try row.column("ipv6_address_mode"),
            dnsNameservers: try row.column("dns_nameservers"),
            revision: try row.column("revision_number")
        )
    }
}

/// The copy of a network.
enum NetworkRow {
    static let columns: SQL = """
        n.id, n.external, n.mtu, n.network_type, n.physical_network, n.segmentation_id, n.has_ipv6_scope,
        n.revision_number
        """

    static func read(_ row: Row) throws(PostgresError) -> Network {
        Network(
            id: try row.column("id"),
            isExternal: try row.column("external"),
            mtu: try row.column("mtu"),
            type: try row.column("network_type"),
            physicalNetwork: try row.column("physical_network"),
            segmentationID: try row.column("segmentation_id"),
            hasIPv6Scope: try row.column("has_ipv6_scope"),
            revision: try row.column("revision_number")
        )
    }
}
