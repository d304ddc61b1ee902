internal import ResourceModel

extension Resource {
    /// Subnet pools.
    ///
    /// Source: Networking API v2.0, "Subnet pools".
    static let subnetPool = Resource(
        name: "subnetpool",
        collection: "subnetpools",
        title: "Subnet pool",
        notFound: .subnetPoolNotFound,
        backend: .network,
        contract: Contract(
            package: "l3.network.v1",
            service: "SubnetPools",
            noun: "SubnetPool",
            plural: "SubnetPools"
        ),
        verbs: [.crud, .createBatch],
        attributes: [.id, Attribute("name", .text(255), .all).required] + Attribute.owner + [
            Attribute("prefixes", .list(.networkCIDR, .unique), [.post, .put]).required,
            Attribute("ip_version", .family, [.filter, .sort]),
            Attribute("default_prefixlen", .integer(0...128), .all),
            Attribute("min_prefixlen", .integer(0...128), .all),
            Attribute("max_prefixlen", .integer(0...128), .all),
            Attribute("default_quota", .integer(0...Int64.max), .all).nullable,
            Attribute("address_scope_id", .id, .all).nullable,
            Attribute("is_default", .boolean, .all).set(by: .admins, harmless: false),
            Attribute("shared", .boolean, [.post, .filter]).set(by: .admins, harmless: false),
        ] + Attribute.standard
    )
}
