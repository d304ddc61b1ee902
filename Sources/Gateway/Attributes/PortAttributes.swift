internal import ResourceModel

extension Resource {
    /// Ports.
    ///
    /// Source: Networking API v2.0, "Ports".
    ///
    /// Who owns the network, and so may choose addresses on it, only NetworkService knows; it refuses the others.
    static let port = Resource(
        name: "port",
        collection: "ports",
        title: "Port",
        notFound: .portNotFound,
        backend: .network,
        contract: Contract(package: "l3.network.v1", service: "Ports", noun: "Port", plural: "Ports"),
        verbs: [.crud, .createBatch],
        attributes: [.id, .name] + Attribute.owner + [
            Attribute("network_id", .id, [.post, .filter, .sort]).required,
            .adminStateUp,
            Attribute("mac_address", .mac, .all).emptiedByNull,
            Attribute("fixed_ips", .list(.object(fixedIP)), [.post, .put]).given(by: "fixed_ips_given"),
            Attribute("device_id", .text(255), .all),
            Attribute("device_owner", .text(255), .all),
            .status,
            Attribute("security_groups", .list(.id, .unique), [.post, .put, .filter])
                .emptiedByNull.given(by: "security_groups_given"),
            Attribute("port_security_enabled", .boolean, [.post, .put]),
            Attribute("allowed_address_pairs", .list(.object(addressPair), .unique), [.post, .put]).emptiedByNull,
            Attribute("extra_dhcp_opts", .list(.object(dhcpOption)), [.post, .put]).emptiedByNull,
            Attribute("binding:vnic_type", .choice(vnicTypes), [.post, .put]),
            Attribute("binding:host_id", .text(255), [.post, .put, .filter])
                .emptiedByNull.set(by: .admins).hiddenFromProjects,
            Attribute("binding:profile", .freeObject, [.post, .put])
                .emptiedByNull.set(by: .services).hiddenFromProjects,
            Attribute("binding:vif_type", .text(64)).hiddenFromProjects,
            Attribute("binding:vif_details", .freeObject).hiddenFromProjects,
            Attribute("dns_name", .hostLabel, [.post, .put]),
            Attribute("dns_domain", .domain, [.post, .put]),
            Attribute("dns_assignment", .list(.object(dnsAssignment))),
            Attribute("ip_allocation", .text(16), [.filter, .sort]),
        ] + Attribute.standard
    )

    private static let fixedIP = [Attribute("subnet_id", .id), Attribute("ip_address", .address(nil))]

    private static let addressPair = [
        Attribute("ip_address", .block(hostBits: true, bareAddress: true)).required,
        Attribute("mac_address", .mac),
    ]

    private static let dhcpOption = [
        Attribute("opt_name", .text(64)).required,
        Attribute("opt_value", .text(255)).required.nullable,
        Attribute("ip_version", .family),
    ]

    private static let dnsAssignment = [
        Attribute("ip_address", .address(nil)), Attribute("hostname", .text(255)), Attribute("fqdn", .text(255)),
    ]

    private static let vnicTypes = [
        "normal", "direct", "direct-physical", "macvtap", "baremetal", "virtio-forwarder", "smart-nic", "vdpa",
        "accelerator-direct", "accelerator-direct-physical", "remote-managed",
    ]
}
