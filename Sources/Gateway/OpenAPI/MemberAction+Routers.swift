// What is done with routers, and where they are hosted.
extension MemberAction {
    static let routers: [MemberAction] = [
        action("add_router_interface", "Attach a subnet, or a port.", "RouterInterfaceEnd", interface),
        action("remove_router_interface", "Detach a subnet, or a port.", "RouterInterfaceEnd", interface),
        action("add_extraroutes", "Add to the routes.", "ExtraRoutes", router),
        action("remove_extraroutes", "Take from the routes.", "ExtraRoutes", router),
        action("add_external_gateways", "Add to the gateways.", "ExternalGateways", router),
        action("update_external_gateways", "Replace the gateways.", "ExternalGateways", router),
        action("remove_external_gateways", "Take from the gateways.", "ExternalGateways", router),
    ]

    private static let interface = SharedParts.schema("RouterInterface")
    private static let router = keyed("router", SharedParts.schema("RouterWhole"))

    private static func action(_ name: String, _ summary: String, _ body: String, _ answer: JSONValue) -> MemberAction {
        MemberAction(
            path: "/v2.0/routers/{id}/\(name)",
            method: "put",
            operation: Operation(
                id: name,
                tag: "routers",
                summary: summary,
                parameters: [id],
                body: SharedParts.schema(body),
                success: (200, answer),
                refusals: Operation.writing
            )
        )
    }

    static let scheduling = [
        MemberAction(
            path: "/v2.0/routers/{id}/l3-agents",
            method: "get",
            operation: Operation(
                id: "list_l3_agents",
                tag: "agents",
                summary: "List the agents that host a router.",
                parameters: [id],
                success: (200, listed("agents", SharedParts.schema("HostingAgent"))),
                refusals: Operation.reading
            )
        ),
        MemberAction(
            path: "/v2.0/agents/{id}/l3-routers",
            method: "get",
            operation: Operation(
                id: "list_l3_routers",
                tag: "agents",
                summary: "List the routers that an agent hosts.",
                parameters: [id],
                success: (200, listed("routers", SharedParts.schema("RouterWhole"))),
                refusals: Operation.reading
            )
        ),
        MemberAction(
            path: "/v2.0/agents/{id}/l3-routers",
            method: "post",
            operation: Operation(
                id: "add_l3_router",
                tag: "agents",
                summary: "Let an agent host a router.",
                parameters: [id],
                body: keyed("router_id", AttributeType.id.schema),
                success: (201, ["type": "null"]),
                refusals: Operation.writing
            )
        ),
        MemberAction(
            path: "/v2.0/agents/{id}/l3-routers/{router}",
            method: "delete",
            operation: Operation(
                id: "remove_l3_router",
                tag: "agents",
                summary: "Take a router from an agent.",
                parameters: [id, SharedParts.pathParameter("router", format: "uuid")],
                success: (204, nil),
                refusals: Operation.writing
            )
        ),
    ]
}
