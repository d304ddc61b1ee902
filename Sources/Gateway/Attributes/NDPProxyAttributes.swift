internal import Addressing
internal import ResourceModel

extension Resource {
    /// NDP proxies.
    ///
    /// Source: Networking API v2.0, "NDP proxies".
    static let ndpProxy = Resource(
        name: "ndp_proxy",
        collection: "ndp_proxies",
        title: "NDP proxy",
        notFound: .ndpProxyNotFound,
        backend: .floatingIP,
        contract: Contract(
            package: "l3.floatingip.v1",
            service: "NDPProxies",
            noun: "NDPProxy",
            plural: "NDPProxies"
        ),
        verbs: .crud,
        isTaggable: false,
        attributes: [.id, .name] + Attribute.owner + [
            Attribute("router_id", .id, [.post, .filter, .sort]).required,
            Attribute("port_id", .id, [.post, .filter, .sort]).required,
            Attribute("ip_address", .address(nil), [.post, .filter, .sort]).emptiedByNull,
        ] + Attribute.standard.filter { $0.name != "tags" }
    )
}
