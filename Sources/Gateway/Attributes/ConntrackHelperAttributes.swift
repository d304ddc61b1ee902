internal import ResourceModel

extension Resource {
    /// Conntrack helpers, a sub-collection of each router.
    ///
    /// Source: Networking API v2.0, "Routers conntrack helper". Which helper goes with which protocol, RouterService knows.
    static let conntrackHelper = Resource(
        name: "conntrack_helper",
        collection: "conntrack_helpers",
        title: "Conntrack helper",
        notFound: .conntrackHelperNotFound,
        backend: .router,
        contract: Contract(
            package: "l3.router.v1",
            service: "ConntrackHelpers",
            noun: "ConntrackHelper",
            plural: "ConntrackHelpers"
        ),
        verbs: .crud,
        hasRevision: false,
        isTaggable: false,
        parent: Parent(.router, field: "router_id"),
        attributes: [
            .id,
            Attribute("protocol", .choice(["dccp", "icmp", "ipv6-icmp", "sctp", "tcp", "udp"]), .all).required,
            Attribute("port", transportPort, .all).required,
            Attribute("helper", .text(64), .all).required,
        ]
    )

    /// A helper as its router shows it.
    static let shownHelper = [
        Attribute("protocol", .text(16)), Attribute("port", transportPort), Attribute("helper", .text(64)),
    ]
}
