internal import NIOHTTP1
internal import ResourceModel

/// The tags of an object, for every taggable resource alike.
///
/// Source: Networking API v2.0, "Tags".
struct TagRoutes: Sendable {
    var codec: ResourceCodec
    var service: any ServiceCaller
    var scope: RequestScope
    /// The object's id as the URL has it.
    var givenID: String

    private static let attribute = Attribute("tags", Attribute.tagList)

    func list() async throws -> APIResponse {
        try scope.allow(.GET, .PUT, .POST, .DELETE)
        let id = try codec.resource.id(givenID)
        switch scope.request.method {
        case .GET: return APIResponse(json: ["tags": .array(try await tags(id).map(JSONValue.string))])
        case .PUT:
            let tags = try given()
            try await change(id, replacement: tags)
            return APIResponse(json: ["tags": tags])
        case .POST:
            let tags = try given()
            try await change(id, added: tags.strings)
            return APIResponse(json: ["tags": tags])
        default:
            try scope.refuseBody()
            try await change(id, replacement: [])
            return APIResponse(status: 204)
        }
    }

    func item(_ tag: String) async throws -> APIResponse {
        try scope.allow(.GET, .PUT, .DELETE)
        let id = try codec.resource.id(givenID)
        if scope.request.method == .PUT {
            let checked = try converted(.array([.string(tag)]))
            try await change(id, added: checked.strings)
            return APIResponse(status: 201)
        }
        guard try await tags(id).contains(tag) else { throw Fault.notFound(.tagNotFound, "Tag \(tag)") }
        if scope.request.method == .DELETE {
            try scope.refuseBody()
            try await change(id, removed: [tag])
        }
        return APIResponse(status: 204)
    }

    /// The tags of the body.
    ///
    /// - Throws: 400.
    private func given() throws(Fault) -> JSONValue {
        guard let tags = try scope.body()["tags"] else { throw .badRequest("Invalid tags body") }
        return try converted(tags)
    }

    private func converted(_ tags: JSONValue) throws(Fault) -> JSONValue {
        do {
            return try Self.attribute.converted(tags)
        } catch {
            throw .invalidInput(error.message)
        }
    }

    private func tags(_ id: String) async throws -> [String] {
        let call = codec.calls.get(id)
        return try codec.texts("tags", of: try await service.call(call.method, call.request))
    }

    private func change(
        _ id: String,
        replacement: JSONValue? = nil,
        added: [String] = [],
        removed: [String] = []
    ) async throws {
        let attributes = replacement.map { JSONObject(["tags": $0]) } ?? JSONObject()
        let call = codec.calls.update(
            .init(
                object: codec.object(id: id, attributes, isCreate: false),
                mask: codec.mask(attributes),
                expectedRevision: try RevisionCondition.read(scope.request.headers["If-Match"]),
                addedTags: added,
                removedTags: removed
            )
        )
        _ = try await service.call(call.method, call.request)
    }
}

extension JSONValue {
    /// The strings of a list.
    fileprivate var strings: [String] {
        guard case .array(let elements) = self else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
