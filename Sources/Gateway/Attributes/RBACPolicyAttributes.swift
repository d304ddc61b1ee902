internal import ResourceModel

extension Resource {
    /// RBAC policies.
    ///
    /// Source: Networking API v2.0, "RBAC policies".
    static let rbacPolicy = Resource(
        name: "rbac_policy",
        collection: "rbac_policies",
        title: "RBAC policy",
        notFound: .rbacPolicyNotFound,
        backend: .network,
        contract: Contract(
            package: "l3.network.v1",
            service: "RBACPolicies",
            noun: "RBACPolicy",
            plural: "RBACPolicies"
        ),
        verbs: .crud,
        hasRevision: false,
        isTaggable: false,
        attributes: [.id] + Attribute.owner + [
            Attribute("object_type", .text(255), [.post, .filter, .sort]).required,
            Attribute("object_id", .id, [.post, .filter, .sort]).required,
            Attribute("action", .text(255), [.post, .filter, .sort]).required,
            Attribute("target_tenant", .project, .all).field("target_project").required,
            Attribute("target_project", .project, .all).alias(of: "target_tenant"),
        ]
    )
}
