internal import Addressing
internal import ResourceModel

extension Resource {
    /// Port forwardings, a sub-collection of each floating IP.
    ///
    /// Source: Networking API v2.0, "Floating IPs port forwarding".
    static let portForwarding = Resource(
        name: "port_forwarding",
        collection: "port_forwardings",
        title: "Port forwarding",
        notFound: .portForwardingNotFound,
        backend: .floatingIP,
        contract: Contract(
            package: "l3.floatingip.v1",
            service: "PortForwardings",
            noun: "PortForwarding",
            plural: "PortForwardings"
        ),
        verbs: .crud,
        hasRevision: false,
        isTaggable: false,
        parent: Parent(.floatingIP, field: "floatingip_id"),
        attributes: [
            .id,
            Attribute("protocol", .choice(["tcp", "udp", "sctp", "dccp"]), .all).required,
            Attribute("internal_port_id", .id, .all).required,
            Attribute("internal_ip_address", .address(.v4), [.post, .put]).required,
            Attribute("internal_port", transportPort, [.post, .put]).nullable,
            Attribute("internal_port_range", .text(11), [.post, .put]).nullable,
            Attribute("external_port", transportPort, .all).nullable,
            Attribute("external_port_range", .text(11), .all).nullable,
            Attribute("description", .text(255), [.post, .put, .filter]),
        ]
    )

    /// A forwarding as its floating IP shows it.
    static let shownForwarding = [
        Attribute("id", .id), Attribute("protocol", .text(16)), Attribute("internal_ip_address", .address(.v4)),
        Attribute("internal_port_id", .id), Attribute("internal_port", transportPort).omittedWhenEmpty,
        Attribute("external_port", transportPort).omittedWhenEmpty,
    ]

    static let transportPort = AttributeType.integer(1...65535)
}
