// What is done with subnet pools, and the limits of projects.
extension MemberAction {
    static let subnetPools: [MemberAction] = [
        action("add_prefixes", "Add to the prefixes.", SharedParts.schema("Prefixes")),
        action("remove_prefixes", "Take from the prefixes.", SharedParts.schema("Prefixes")),
        action(
            "onboard_network_subnets",
            "Take the subnets of a network into the pool.",
            object([SubnetPoolActionCodec.network], required: true)
        ),
    ]

    private static func action(_ name: String, _ summary: String, _ body: JSONValue) -> MemberAction {
        MemberAction(
            path: "/v2.0/subnetpools/{id}/\(name)",
            method: "put",
            operation: Operation(
                id: name,
                tag: "subnetpools",
                summary: summary,
                parameters: [id],
                body: body,
                success: (200, SharedParts.schema("Prefixes")),
                refusals: Operation.writing
            )
        )
    }

    static let quotas: [MemberAction] = [
        quota("", "get", "list_quotas", "List the projects with limits of their own.", listed("quotas", ownLimits)),
        quota("/{project}", "get", "show_quota", "Show a project's limits.", limits),
        change,
        quota("/{project}", "delete", "reset_quota", "Give a project the default limits again.", nil),
        quota("/{project}/default", "get", "show_default_quota", "Show the default limits.", limits),
        quota("/{project}/details", "get", "show_quota_details", "Show limits with what is used.", details),
        quota("/tenant", "get", "show_own_tenant", "Show the caller's project.", keyed("tenant", ["type": "object"])),
        quota(
            "/project",
            "get",
            "show_own_project",
            "Show the caller's project.",
            keyed("project", ["type": "object"])
        ),
    ]

    private static func quota(
        _ path: String,
        _ method: String,
        _ id: String,
        _ summary: String,
        _ answer: JSONValue?
    ) -> MemberAction {
        MemberAction(
            path: "/v2.0/quotas\(path)",
            method: method,
            operation: Operation(
                id: id,
                tag: "quotas",
                summary: summary,
                parameters: path.hasPrefix("/{") ? [SharedParts.pathParameter("project")] : [],
                success: (answer == nil ? 204 : 200, answer),
                refusals: method == "get" ? Operation.reading : Operation.writing
            )
        )
    }

    private static var change: MemberAction {
        var change = quota("/{project}", "put", "change_quota", "Set limits of a project.", limits)
        change.operation.body = keyed(
            "quota",
            [
                "type": "object", "properties": ["force": ["type": "boolean"], "check_limit": ["type": "boolean"]],
                "additionalProperties": limit,
            ]
        )
        return change
    }

    /// -1 is without limit.
    private static let limit: JSONValue = ["type": "integer", "minimum": -1, "maximum": 2_147_483_647]
    private static let limits = keyed("quota", ["type": "object", "additionalProperties": limit])
    private static let ownLimits: JSONValue = [
        "type": "object", "properties": ["project_id": ["type": "string"], "tenant_id": ["type": "string"]],
        "required": ["project_id", "tenant_id"], "additionalProperties": limit,
    ]
    private static let details = keyed(
        "quota",
        [
            "type": "object",
            "additionalProperties": [
                "type": "object",
                "properties": ["limit": limit, "used": ["type": "integer"], "reserved": ["type": "integer"]],
                "required": ["limit", "used", "reserved"],
            ],
        ]
    )
}
