/// A call that is not one of a collection's standard ones.
struct MemberAction {
    var path: String
    var method: String
    var operation: Operation

    func add(to paths: inout JSONObject) {
        var operations = JSONObject()
        if case .object(let known)? = paths[path] { operations = known }
        operations[method] = operation.json
        paths[path] = .object(operations)
    }

    static let all = interfaces + routes + scheduling

    /// The schemas that they alone use.
    static let schemas: [(name: String, schema: JSONValue)] = [
        ("RouterInterface", object(Resource.routerInterface)),
        (
            "RouterInterfaceEnd",
            ["type": "object", "properties": properties(RouterActionCodec.interfaceEnds), "minProperties": 1]
        ),
        (
            "ExtraRoutes",
            keyed("router", object([RouterActionCodec.routeList], required: true))
        ),
        ("HostingAgent", object(Resource.hostingAgent)),
    ]

    private static let id = SharedParts.pathParameter("id", format: "uuid")

    private static let interfaces = ["add_router_interface", "remove_router_interface"].map { name in
        MemberAction(
            path: "/v2.0/routers/{id}/\(name)",
            method: "put",
            operation: Operation(
                id: name,
                tag: "routers",
                summary: name.hasPrefix("add")
                    ? "Attach a subnet, or a port, to a router." : "Detach a subnet, or a port, from a router.",
                parameters: [id],
                body: SharedParts.schema("RouterInterfaceEnd"),
                success: (200, SharedParts.schema("RouterInterface")),
                refusals: Operation.writing
            )
        )
    }

    private static let routes = ["add_extraroutes", "remove_extraroutes"].map { name in
        MemberAction(
            path: "/v2.0/routers/{id}/\(name)",
            method: "put",
            operation: Operation(
                id: name,
                tag: "routers",
                summary: name.hasPrefix("add") ? "Add to a router's routes." : "Take from a router's routes.",
                parameters: [id],
                body: SharedParts.schema("ExtraRoutes"),
                success: (200, keyed("router", SharedParts.schema("RouterWhole"))),
                refusals: Operation.writing
            )
        )
    }

    private static let scheduling = [
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
                body: [
                    "type": "object", "properties": ["router_id": AttributeType.id.schema], "required": ["router_id"],
                ],
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

    private static func properties(_ attributes: [Attribute]) -> JSONValue {
        var properties = JSONObject()
        for attribute in attributes { properties[attribute.name] = attribute.schema() }
        return .object(properties)
    }

    private static func object(_ attributes: [Attribute], required: Bool = false) -> JSONValue {
        var schema = JSONObject(["type": "object", "properties": properties(attributes)])
        if required { schema["required"] = .array(attributes.map { .string($0.name) }) }
        return .object(schema)
    }

    private static func keyed(_ key: String, _ schema: JSONValue) -> JSONValue {
        var properties = JSONObject()
        properties[key] = schema
        return ["type": "object", "properties": .object(properties), "required": [.string(key)]]
    }

    private static func listed(_ key: String, _ schema: JSONValue) -> JSONValue {
        keyed(key, ["type": "array", "items": schema])
    }
}
