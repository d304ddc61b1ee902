/// The paths of what there is.
enum DiscoveryPaths {
    static let all: [(path: String, operations: JSONValue)] = [
        ("/", get("list_versions", "List the versions of the API.", "versions", version)),
        ("/v2.0/", get("list_core_collections", "List the core collections.", "resources", collection)),
        ("/v2.0/extensions", get("list_extensions", "List what is there beyond the core.", "extensions", item)),
        ("/v2.0/extensions/{alias}", show),
    ]

    private static func get(_ id: String, _ summary: String, _ key: String, _ schema: JSONValue) -> JSONValue {
        var properties = JSONObject()
        properties[key] = ["type": "array", "items": schema]
        return [
            "get": operation(
                id,
                summary,
                ["type": "object", "properties": .object(properties), "required": [.string(key)]]
            ).json
        ]
    }

    private static func operation(_ id: String, _ summary: String, _ schema: JSONValue) -> Operation {
        Operation(id: id, tag: "discovery", summary: summary, success: (200, schema), refusals: Operation.reading)
    }

    private static let text: JSONValue = ["type": "string"]

    private static func object(_ properties: JSONValue, _ required: JSONValue) -> JSONValue {
        ["type": "object", "properties": properties, "required": required, "additionalProperties": false]
    }

    private static let version = object(
        ["id": text, "status": text, "links": SharedParts.schema("Links")],
        ["id", "status", "links"]
    )
    private static let collection = object(
        ["name": text, "collection": text, "links": SharedParts.schema("Links")],
        ["name", "collection", "links"]
    )
    private static let item = object(
        [
            "alias": text, "name": text, "description": text, "updated": ["type": "string", "format": "date-time"],
            "links": ["type": "array"],
        ],
        ["alias", "name", "description", "updated", "links"]
    )

    private static var show: JSONValue {
        var show = operation(
            "show_extension",
            "Show one extension.",
            ["type": "object", "properties": ["extension": item], "required": ["extension"]]
        )
        show.parameters = [SharedParts.pathParameter("alias")]
        return ["get": show.json]
    }
}
