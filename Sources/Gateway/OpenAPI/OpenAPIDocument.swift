/// The API's description for programs, printed from the same tables that the engine works by.
///
/// Source: OpenAPI Specification 3.1.1.
struct OpenAPIDocument: Sendable {
    let json: JSONValue
    /// The paths that it describes.
    let paths: [String]

    /// The description of these collections, with what is there whatever they are.
    init(resources: [Resource]) {
        var paths = JSONObject()
        var schemas = SharedParts.schemas
        for (path, operations) in DiscoveryPaths.all { paths[path] = operations }
        for resource in resources {
            for (path, operations) in ResourcePaths(resource: resource).all { paths[path] = operations }
            for (name, schema) in ResourceSchemas(resource: resource).all { schemas[name] = schema }
        }
        for action in MemberAction.all { action.add(to: &paths) }
        for (name, schema) in MemberAction.schemas { schemas[name] = schema }
        self.paths = Array(paths.names)
        json = [
            "openapi": "3.1.0",
            "info": [
                "title": "Sluice",
                "version": "v2.0",
                "summary": "Routers and floating IPs by the Networking API v2.0.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "responses": .object(SharedParts.refusals),
                "headers": .object(SharedParts.headers),
            ],
        ]
    }
}

/// One method of a path.
struct Operation {
    var id: String
    var tag: String
    var summary: String
    var parameters: [JSONValue] = []
    var body: JSONValue?
    /// The status of success, and the schema of its body if it has one; nil where there is no success.
    var success: (status: Int, schema: JSONValue?)?
    /// What can be done next with what the answer names.
    var links: JSONValue?
    /// The statuses of refusals.
    var refusals: [Int]

    var json: JSONValue {
        var object = JSONObject([
            "operationId": .string(id), "tags": [.string(tag)], "summary": .string(summary),
        ])
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if let body {
            object["requestBody"] = ["required": true, "content": ["application/json": ["schema": body]]]
        }
        var responses = JSONObject()
        if let success { responses["\(success.status)"] = answer(success.schema) }
        for status in refusals { responses["\(status)"] = SharedParts.refusal(status) }
        object["responses"] = .object(responses)
        return .object(object)
    }

    private func answer(_ schema: JSONValue?) -> JSONValue {
        var answer = JSONObject([
            "description": .string(schema == nil ? "Done." : "The answer."), "headers": SharedParts.everyHeader,
        ])
        if let schema { answer["content"] = ["application/json": ["schema": schema]] }
        if let links { answer["links"] = links }
        return .object(answer)
    }

    /// What any request can be refused with.
    static let reading = [400, 401, 403, 404, 503]
    static let writing = [400, 401, 403, 404, 409, 412, 503]
}
