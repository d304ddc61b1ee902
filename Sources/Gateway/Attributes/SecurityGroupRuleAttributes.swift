internal import ResourceModel

extension Resource {
    /// The rules of security groups.
    ///
    /// Source: Networking API v2.0, "Security group rules".
    static let securityGroupRule = Resource(
        name: "security_group_rule",
        collection: "security_group_rules",
        title: "Security group rule",
        notFound: .securityGroupRuleNotFound,
        backend: .network,
        contract: Contract(
            package: "l3.network.v1",
            service: "SecurityGroups",
            noun: "SecurityGroupRule",
            plural: "SecurityGroupRules"
        ),
        verbs: [.list, .get, .create, .createBatch, .delete],
        hasRevision: false,
        isTaggable: false,
        attributes: [.id] + Attribute.owner + [
            Attribute("security_group_id", .id, [.post, .filter, .sort]).required,
            Attribute("direction", .choice(["ingress", "egress"]), [.post, .filter, .sort]).required,
            Attribute("ethertype", .choice(["IPv4", "IPv6"]), [.post, .filter, .sort]),
            Attribute("protocol", .word(40), [.post, .filter, .sort]).nullable,
            Attribute("port_range_min", .integer(-1...65535), [.post, .filter, .sort]).nullable,
            Attribute("port_range_max", .integer(-1...65535), [.post, .filter, .sort]).nullable,
            Attribute("remote_ip_prefix", .block(hostBits: true, bareAddress: true), [.post, .filter, .sort]).nullable,
            Attribute("normalized_cidr", .cidr).nullWhenEmpty,
            Attribute("remote_group_id", .id, [.post, .filter, .sort]).nullable,
            .constant("remote_address_group_id", .null),
            Attribute("belongs_to_default_sg", .boolean, .filter),
            Attribute("description", .text(255), [.post, .filter]),
            Attribute("created_at", .moment(.zulu)),
            Attribute("updated_at", .moment(.zulu)),
            Attribute("revision_number", .integer(0...Int64.max), .filter),
        ]
    )
}
