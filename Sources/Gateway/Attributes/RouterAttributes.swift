internal import ResourceModel

extension Resource {
    /// Routers.
    ///
    /// Source: Networking API v2.0, "Routers".
    static let router = Resource(
        name: "router",
        collection: "routers",
        title: "Router",
        notFound: .routerNotFound,
        backend: .router,
        contract: Contract(package: "l3.router.v1", service: "Routers", noun: "Router", plural: "Routers"),
        verbs: .crud,
        attributes: [.id, .name] + Attribute.owner + [
            .adminStateUp,
            .status,
            Attribute("external_gateway_info", .object(gateway, emptyIsNull: true), [.post, .put]).nullable,
            Attribute("routes", .list(.object(route), .unique), .put).emptiedByNull,
            Attribute("distributed", .boolean, [.post, .put]).emptiedByNull.set(by: .admins).hiddenFromProjects,
            Attribute("ha", .boolean, [.post, .put]).emptiedByNull.set(by: .admins).hiddenFromProjects,
            Attribute("flavor_id", .id, [.post, .sort]).nullable,
            Attribute("enable_ndp_proxy", .boolean, [.post, .put, .filter]),
            Attribute("enable_default_route_bfd", .boolean, [.post, .put]).emptiedByNull.set(by: .admins),
            Attribute("enable_default_route_ecmp", .boolean, [.post, .put]).emptiedByNull.set(by: .admins),
            Attribute("external_gateways", .list(.object(shownGateway))),
            Attribute("availability_zone_hints", .list(.text(255), .unique), .post),
            Attribute("availability_zones", .list(.text(255))),
            Attribute("conntrack_helpers", .list(.object(shownHelper))),
        ] + Attribute.standard
    )

    static let route = [
        Attribute("destination", .networkCIDR).required,
        Attribute("nexthop", .address(nil)).required,
    ]

    /// A gateway in requests, and in `external_gateway_info`.
    static let gateway = [
        Attribute("network_id", .id).required,
        Attribute("external_fixed_ips", .list(.object(gatewayAddress))).set(by: .admins),
        Attribute("enable_snat", .boolean).set(by: .admins),
        Attribute("qos_policy_id", .id).emptiedByNull.omittedWhenEmpty,
    ]

    /// A gateway as the list of all of them shows it.
    private static let shownGateway = [
        Attribute("network_id", .id), Attribute("external_fixed_ips", .list(.object(gatewayAddress))),
    ]

    private static let gatewayAddress = [Attribute("subnet_id", .id), Attribute("ip_address", .address(nil))]

    /// What adding or removing an interface answers with; it is no resource of its own.
    static let routerInterface: [Attribute] = [
        Attribute("id", .id),
        Attribute("tenant_id", .project).field("project_id"),
        Attribute("project_id", .project),
        Attribute("port_id", .id),
        Attribute("network_id", .id),
        Attribute("subnet_id", .id),
        Attribute("subnet_ids", .list(.id)),
        Attribute("tags", Attribute.tagList),
    ]
}
