internal import Addressing
internal import ResourceModel

extension Resource {
    /// Floating IPs.
    ///
    /// Source: Networking API v2.0, "Floating IPs".
    static let floatingIP = Resource(
        name: "floatingip",
        collection: "floatingips",
        title: "Floating IP",
        notFound: .floatingIPNotFound,
        backend: .floatingIP,
        contract: Contract(
            package: "l3.floatingip.v1",
            service: "FloatingIPs",
            noun: "FloatingIP",
            plural: "FloatingIPs"
        ),
        verbs: .crud,
        // Without any attribute it disassociates.
        emptyUpdate: JSONObject(["port_id": .null]),
        attributes: [.id] + Attribute.owner + [
            Attribute("floating_network_id", .id, [.post, .filter, .sort]).required,
            Attribute("floating_ip_address", .address(.v4), [.post, .filter, .sort]).emptiedByNull.set(by: .managers),
            Attribute("subnet_id", .id, .post).emptiedByNull.inputOnly,
            Attribute("port_id", .id, [.post, .put, .filter]).nullable,
            Attribute("fixed_ip_address", .address(.v4), .all).nullable,
            Attribute("router_id", .id, .all).nullable,
            .status,
            Attribute("qos_policy_id", .id, [.post, .put]).nullable,
            Attribute("dns_name", .hostLabel, .post),
            Attribute("dns_domain", .domain, .post),
            Attribute("port_details", .object(portDetails)).nullWhenEmpty,
            Attribute("port_forwardings", .list(.object(shownForwarding))),
        ] + Attribute.standard
    )

    private static let portDetails = [
        Attribute("name", .text(255)), Attribute("network_id", .id), Attribute("mac_address", .mac),
        Attribute("admin_state_up", .boolean), Attribute("status", .text(16)), Attribute("device_id", .text(255)),
        Attribute("device_owner", .text(255)),
    ]
}
