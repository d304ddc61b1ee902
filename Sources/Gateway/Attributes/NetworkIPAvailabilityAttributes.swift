internal import ResourceModel

extension Resource {
    /// How full networks are, for administrators; each has the id of its network.
    ///
    /// Source: Networking API v2.0, "Network IP availability and usage stats".
    static let networkIPAvailability = Resource(
        name: "network_ip_availability",
        collection: "network_ip_availabilities",
        title: "Network",
        notFound: .networkNotFound,
        backend: .network,
        contract: Contract(
            package: "l3.network.v1",
            service: "NetworkIPAvailabilities",
            noun: "NetworkIPAvailability",
            plural: "NetworkIPAvailabilities"
        ),
        verbs: [.list, .get],
        hasRevision: false,
        isTaggable: false,
        attributes: [
            Attribute("network_id", .id, [.filter, .sort]),
            Attribute("network_name", .text(255), [.filter, .sort]),
            Attribute("tenant_id", .project, [.filter, .sort]).field("project_id"),
            Attribute("project_id", .project, [.filter, .sort]),
            Attribute("ip_version", .family, .filter).filterAlone,
            Attribute("total_ips", .decimal),
            Attribute("used_ips", .decimal),
            Attribute("subnet_ip_availability", .list(.object(subnetAvailability))),
            details,
        ]
    )

    private static let subnetAvailability = [
        Attribute("subnet_id", .id), Attribute("subnet_name", .text(255)), Attribute("cidr", .cidr),
        Attribute("ip_version", .family), Attribute("total_ips", .decimal), Attribute("used_ips", .decimal),
        details,
    ]

    private static let details = Attribute(
        "ip_availability_details",
        .object([
            Attribute("total_ips_in_subnet", .decimal), Attribute("total_ips_in_allocation_pool", .decimal),
            Attribute("used_ips_in_subnet", .decimal), Attribute("used_ips_in_allocation_pool", .decimal),
        ])
    )
}
