internal import ResourceModel

extension Resource {
    /// Security groups, stored and shown.
    ///
    /// Source: Networking API v2.0, "Security groups".
    static let securityGroup = Resource(
        name: "security_group",
        collection: "security_groups",
        title: "Security group",
        notFound: .securityGroupNotFound,
        backend: .network,
        contract: Contract(
            package: "l3.network.v1",
            service: "SecurityGroups",
            noun: "SecurityGroup",
            plural: "SecurityGroups"
        ),
        verbs: [.crud, .createBatch],
        attributes: [.id, .name] + Attribute.owner + [
            Attribute("stateful", .boolean, .all),
            Attribute("shared", .boolean, .filter),
            Attribute("security_group_rules", .list(.object(securityGroupRule.attributes))),
        ] + Attribute.standard
    )
}
