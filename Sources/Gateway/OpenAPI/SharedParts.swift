/// What all operations of the description refer to.
enum SharedParts {
    static let schemas = JSONObject([
        "Error": [
            "type": "object",
            "description": "A refusal, in Neutron's shape.",
            "properties": [
                "NeutronError": [
                    "type": "object",
                    "properties": [
                        "type": ["type": "string", "description": "The kind of refusal, which clients match on."],
                        "message": ["type": "string"],
                        "detail": ["type": "string"],
                    ],
                    "required": ["type", "message", "detail"],
                    "additionalProperties": false,
                ]
            ],
            "required": ["NeutronError"],
            "additionalProperties": false,
        ],
        "Unauthenticated": [
            "type": "object",
            "description": "Who asks is not known, in the identity service's shape.",
            "properties": [
                "error": [
                    "type": "object",
                    "properties": [
                        "code": ["const": 401], "title": ["type": "string"], "message": ["type": "string"],
                    ],
                    "required": ["code", "title", "message"],
                    "additionalProperties": false,
                ]
            ],
            "required": ["error"],
            "additionalProperties": false,
        ],
        "Links": [
            "type": "array",
            "description": "The pages before and after, when the list is limited.",
            "items": [
                "type": "object",
                "properties": ["rel": ["enum": ["next", "previous", "self"]], "href": ["type": "string"]],
                "required": ["rel", "href"],
                "additionalProperties": false,
            ],
        ],
        "Tags": [
            "type": "object",
            "properties": ["tags": Attribute("tags", Attribute.tagList).type.schema],
            "required": ["tags"],
        ],
    ])

    static let headers = JSONObject([
        "RequestID": [
            "description": "The request's id, for logs.",
            "schema": ["type": "string", "pattern": "^req-[0-9a-f-]{36}$"],
        ]
    ])

    static let everyHeader: JSONValue = ["x-openstack-request-id": ["$ref": "#/components/headers/RequestID"]]

    private static let reasons: KeyValuePairs<Int, String> = [
        400: "The request is wrong.",
        401: "Nobody bears the token; with identity mode `keystone` only.",
        403: "The caller sees it, but may not do that.",
        404: "There is no such thing that the caller can see.",
        409: "It conflicts with what is there.",
        412: "The revision is not the one that If-Match asks for.",
        503: "A service behind is away; try again.",
    ]

    static var refusals: JSONObject {
        var responses = JSONObject()
        for (status, reason) in reasons {
            responses["Refusal\(status)"] = [
                "description": .string(reason), "headers": everyHeader,
                "content": [
                    "application/json": ["schema": schema(status == 401 ? "Unauthenticated" : "Error")]
                ],
            ]
        }
        return responses
    }

    static func refusal(_ status: Int) -> JSONValue { ["$ref": .string("#/components/responses/Refusal\(status)")] }

    static func schema(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    /// A part of the path; `format` is of JSON Schema.
    static func pathParameter(_ name: String, format: String? = nil) -> JSONValue {
        var schema = JSONObject(["type": "string"])
        // An empty segment would name the collection.
        if let format { schema["format"] = .string(format) } else { schema["minLength"] = 1 }
        return ["name": .string(name), "in": "path", "required": true, "schema": .object(schema)]
    }

    static let condition: JSONValue = [
        "name": "If-Match", "in": "header", "required": false,
        "description": "The write is done only if the object has this revision.",
        "schema": ["type": "string", "pattern": "^revision_number=[0-9]{1,18}$"],
    ]
}
