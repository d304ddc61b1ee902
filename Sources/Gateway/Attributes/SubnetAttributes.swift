internal import ResourceModel

extension Resource {
    /// Subnets.
    ///
    /// Source: Networking API v2.0, "Subnets".
    static let subnet = Resource(
        name: "subnet",
        collection: "subnets",
        title: "Subnet",
        notFound: .subnetNotFound,
        backend: .network,
        contract: Contract(package: "l3.network.v1", service: "Subnets", noun: "Subnet", plural: "Subnets"),
        verbs: [.crud, .createBatch],
        attributes: [.id, .name] + Attribute.owner + [
            Attribute("network_id", .id, [.post, .filter, .sort]).required,
            Attribute("ip_version", .family, [.post, .filter, .sort]).required,
            Attribute("cidr", .cidr, [.post, .filter, .sort]).emptiedByNull,
            Attribute("gateway_ip", .address(nil), .all).nullable,
            Attribute("allocation_pools", .list(.object(pool)), [.post, .put]),
            Attribute("enable_dhcp", .boolean, .all),
            Attribute("dns_nameservers", .list(.address(nil), .unique), [.post, .put]).emptiedByNull,
            Attribute("host_routes", .list(.object(hostRoute), .unique), [.post, .put]).emptiedByNull,
            Attribute("ipv6_ra_mode", .choice(ipv6Modes), [.post, .filter, .sort]).nullable,
            Attribute("ipv6_address_mode", .choice(ipv6Modes), [.post, .filter, .sort]).nullable,
            Attribute("subnetpool_id", .id, [.post, .filter, .sort]).nullable,
            Attribute("prefixlen", .integer(0...128), .post).emptiedByNull.inputOnly,
            Attribute("use_default_subnetpool", .boolean, .post).inputOnly,
            Attribute("service_types", .list(.text(255), .unique), [.post, .put]).set(by: .admins),
            Attribute("segment_id", .id, .all).nullable.set(by: .admins).hiddenFromProjects,
            Attribute("dns_publish_fixed_ip", .boolean, [.post, .put]),
            Attribute("router:external", .boolean, .filter),
        ] + Attribute.standard
    )

    private static let pool = [
        Attribute("start", .address(nil)).required,
        Attribute("end", .address(nil)).required,
    ]

    private static let hostRoute = [
        Attribute("destination", .networkCIDR).required,
        Attribute("nexthop", .address(nil)).required,
    ]

    private static let ipv6Modes = ["slaac", "dhcpv6-stateful", "dhcpv6-stateless"]
}
