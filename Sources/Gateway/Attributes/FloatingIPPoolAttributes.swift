internal import ResourceModel

extension Resource {
    /// The subnets that floating IPs come from, a list only.
    ///
    /// Source: Networking API v2.0, "Floating IP pools".
    static let floatingIPPool = Resource(
        name: "floatingip_pool",
        collection: "floatingip_pools",
        title: "Floating IP pool",
        notFound: .subnetNotFound,
        backend: .floatingIP,
        contract: Contract(
            package: "l3.floatingip.v1",
            service: "FloatingIPs",
            noun: "FloatingIPPool",
            plural: "FloatingIPPools"
        ),
        verbs: .list,
        hasRevision: false,
        isTaggable: false,
        attributes: [
            Attribute("subnet_id", .id, [.filter, .sort]),
            Attribute("subnet_name", .text(255), [.filter, .sort]),
            Attribute("network_id", .id, [.filter, .sort]),
            Attribute("cidr", .networkCIDR, [.filter, .sort]),
            Attribute("tenant_id", .project, [.filter, .sort]).field("project_id"),
            Attribute("project_id", .project, [.filter, .sort]),
        ]
    )
}
