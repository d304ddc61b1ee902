internal import ResourceModel

extension Resource {
    /// Networks.
    ///
    /// Source: Networking API v2.0, "Networks".
    static let network = Resource(
        name: "network",
        collection: "networks",
        title: "Network",
        notFound: .networkNotFound,
        backend: .network,
        contract: Contract(package: "l3.network.v1", service: "Networks", noun: "Network", plural: "Networks"),
        verbs: [.crud, .createBatch],
        hintedZones: "network",
        attributes: [.id, .name] + Attribute.owner + [
            .adminStateUp,
            .status,
            Attribute("subnets", .list(.id)),
            Attribute("shared", .boolean, [.post, .put, .filter]).set(by: .admins, harmless: false),
            Attribute("router:external", .boolean, [.post, .put, .filter]).set(by: .admins, harmless: false),
            Attribute("is_default", .boolean, [.post, .put, .filter]).set(by: .admins, harmless: false),
            Attribute("mtu", .integer(68...65535), .all),
            Attribute("provider:network_type", .choice(networkTypes), [.post, .put, .filter, .sort])
                .nullable.set(by: .admins).hiddenFromProjects,
            Attribute("provider:physical_network", .text(128), [.post, .put, .filter, .sort])
                .nullable.set(by: .admins).hiddenFromProjects,
            Attribute("provider:segmentation_id", .integer(0...0xffff_ffff), [.post, .put, .filter, .sort])
                .nullable.set(by: .admins).hiddenFromProjects,
            Attribute("port_security_enabled", .boolean, [.post, .put]),
            Attribute("availability_zone_hints", .list(.text(255), .unique), .post),
            Attribute("availability_zones", .list(.text(255))),
            Attribute("dns_domain", .domain, [.post, .put]),
            Attribute("ipv4_address_scope", .id).nullWhenEmpty,
            Attribute("ipv6_address_scope", .id).nullWhenEmpty,
            Attribute("l2_adjacency", .boolean),
            Attribute("qos_policy_id", .id, [.post, .put]).nullable,
        ] + Attribute.standard
    )

    private static let networkTypes = ["flat", "vlan", "vxlan", "gre", "geneve", "local"]
}
