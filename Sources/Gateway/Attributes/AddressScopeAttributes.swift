internal import ResourceModel

extension Resource {
    /// Address scopes, which have no standard attributes.
    ///
    /// Source: Networking API v2.0, "Address scopes".
    static let addressScope = Resource(
        name: "address_scope",
        collection: "address_scopes",
        title: "Address scope",
        notFound: .addressScopeNotFound,
        backend: .network,
        contract: Contract(
            package: "l3.network.v1",
            service: "AddressScopes",
            noun: "AddressScope",
            plural: "AddressScopes"
        ),
        verbs: .crud,
        hasRevision: false,
        isTaggable: false,
        attributes: [.id, .name] + Attribute.owner + [
            Attribute("ip_version", .family, [.post, .filter, .sort]).required,
            Attribute("shared", .boolean, [.post, .put, .filter]).set(by: .admins, harmless: false),
        ]
    )
}
