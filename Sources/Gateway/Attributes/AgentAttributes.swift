internal import ResourceModel

extension Resource {
    /// Node agents, for administrators.
    ///
    /// Source: Networking API v2.0, "Agents".
    static let agent = Resource(
        name: "agent",
        collection: "agents",
        title: "Agent",
        notFound: .agentNotFound,
        backend: .router,
        contract: Contract(package: "l3.agent.v1", service: "Agents", noun: "Agent", plural: "Agents"),
        verbs: [.list, .get, .update, .delete, .refusedCreate],
        hasRevision: false,
        isTaggable: false,
        attributes: agentAttributes
    )

    /// An agent as the list of a router's agents shows it.
    static let hostingAgent: [Attribute] =
        agentAttributes + [
            Attribute("ha_state", .text(16)).nullWhenEmpty,
            .constant("ha_chassis_priority", .null),
            .constant("resource_versions", [:]),
        ]

    private static let agentAttributes: [Attribute] = [
        .id,
        Attribute("agent_type", .text(255), [.filter, .sort]),
        Attribute("binary", .text(255), [.filter, .sort]),
        Attribute("topic", .text(255), [.filter, .sort]),
        Attribute("host", .text(255), [.filter, .sort]),
        Attribute("admin_state_up", .boolean, [.put, .filter, .sort]).set(by: .admins),
        Attribute("description", .text(255), [.put, .filter, .sort]).nullable.set(by: .admins),
        Attribute("alive", .boolean, [.filter]),
        Attribute("availability_zone", .text(255), [.filter, .sort]),
        Attribute("configurations", .freeObject),
        Attribute("created_at", .moment(.blank)),
        Attribute("started_at", .moment(.blank)),
        Attribute("heartbeat_timestamp", .moment(.blank)),
        .constant("resources_synced", .null),
    ]
}
