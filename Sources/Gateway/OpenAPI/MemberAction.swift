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

    static let all = routers + scheduling + subnetPools + quotas

    /// The schemas that they alone use.
    static let schemas: [(name: String, schema: JSONValue)] = [
        ("RouterInterface", object(Resource.routerInterface)),
        (
            "RouterInterfaceEnd",
            ["type": "object", "properties": properties(RouterActionCodec.interfaceEnds), "minProperties": 1]
        ),
        ("ExtraRoutes", keyed("router", object([RouterActionCodec.routeList], required: true))),
        ("ExternalGateways", keyed("router", object([RouterActionCodec.gatewayList], required: true))),
        ("HostingAgent", object(Resource.hostingAgent)),
        ("Prefixes", object([SubnetPoolActionCodec.prefixList], required: true)),
    ]

    static let id = SharedParts.pathParameter("id", format: "uuid")

    private static func properties(_ attributes: [Attribute]) -> JSONValue {
        var properties = JSONObject()
        for attribute in attributes { properties[attribute.name] = attribute.schema() }
        return .object(properties)
    }

    static func object(_ attributes: [Attribute], required: Bool = false) -> JSONValue {
        var schema = JSONObject(["type": "object", "properties": properties(attributes)])
        if required { schema["required"] = .array(attributes.map { .string($0.name) }) }
        return .object(schema)
    }

    static func keyed(_ key: String, _ schema: JSONValue) -> JSONValue {
        ["type": "object", "properties": [key: schema], "required": [.string(key)]]
    }

    static func listed(_ key: String, _ schema: JSONValue) -> JSONValue {
        keyed(key, ["type": "array", "items": schema])
    }
}
