internal import NIOHTTP1
internal import ResourceModel

/// The standard methods of a collection and its objects, for every resource alike.
struct ResourceRoutes: Sendable {
    var codec: ResourceCodec
    var service: any ServiceCaller
    var settings: RESTApplication.Settings
    var scope: RequestScope
    /// Where zones that creates hint at are looked up.
    var zones: ZoneLookup
    /// The object that a sub-collection's belong to.
    var parentID: String?

    private var resource: Resource { codec.resource }

    func collection() async throws -> APIResponse {
        switch scope.request.method {
        case .GET where resource.verbs.contains(.list): return try await list()
        case .POST where resource.verbs.contains(.create): return try await create()
        case .POST where resource.verbs.contains(.refusedCreate):
            throw Fault.badRequest("\(resource.title)s cannot be created by a request")
        default: throw Fault.methodNotAllowed(resource.verbs.contains(.create) ? ["GET", "POST"] : ["GET"])
        }
    }

    func item(_ id: String) async throws -> APIResponse {
        switch scope.request.method {
        case .GET where resource.verbs.contains(.get): return try await get(id)
        case .PUT where resource.verbs.contains(.update): return try await update(id)
        case .DELETE where resource.verbs.contains(.delete): return try await delete(id)
        default:
            guard resource.verbs.contains(.get) else { throw Fault.unknownURL }
            throw Fault.methodNotAllowed(["GET", "PUT", "DELETE"])
        }
    }

    private func call(_ call: ResourceCalls.Call) async throws -> [UInt8] {
        try await service.call(call.method, call.request)
    }

    private func get(_ text: String) async throws -> APIResponse {
        let answer = try await call(codec.calls.get(try resource.id(text), of: parentID))
        let view = try codec.view(for: scope.context, fields: ListParameters.fields(scope.parameters))
        return APIResponse(status: 200, body: try view.json(answer, under: resource.name))
    }

    private func list() async throws -> APIResponse {
        let parameters = try ListParameters(
            scope.parameters,
            of: resource,
            viewerIsAdmin: scope.context.isAdmin,
            greatestLimit: settings.greatestLimit
        )
        let answer = ListAnswer(
            codec: codec,
            service: service,
            call: { [parentID] query in codec.calls.list(query, of: parentID) },
            view: try codec.view(for: scope.context, fields: parameters.fields),
            parameters: parameters,
            url: scope.url,
            pageSize: settings.pageSize
        )
        return try await answer.response()
    }

    private func create() async throws -> APIResponse {
        let check = WriteCheck(resource: resource, isCreate: true, context: scope.context)
        let (given, isBatch) = try WriteCheck.objects(in: try scope.request.json(), of: resource)
        var objects: [JSONObject] = []
        for object in given { objects.append(try check.converted(object)) }
        do {
            for object in objects { try check.checkPolicy(object) }
        } catch {
            // As in an update: to whom the parent is not visible, it is not there.
            if parentID != nil { _ = try await call(codec.calls.list(ListQuery(limit: 1), of: parentID)) }
            throw error
        }
        if let kind = resource.hintedZones { try await zones.require(hintedAtBy: objects, of: kind) }
        let messages = objects.map {
            codec.object(id: ID<Any>.random().description, of: parentID, $0, isCreate: true)
        }
        let view = try codec.view(for: scope.context)
        if isBatch {
            let answer = try await call(codec.calls.createBatch(messages))
            var list = ListRenderer(collection: resource.collection)
            try list.append(answer, field: 1, by: view)
            return APIResponse(status: 201, body: list.finish())
        }
        let answer = try await call(codec.calls.create(messages[0]))
        return APIResponse(status: 201, body: try view.json(answer, under: resource.name))
    }

    private func update(_ text: String) async throws -> APIResponse {
        let check = WriteCheck(resource: resource, isCreate: false, context: scope.context)
        var object = try check.converted(try WriteCheck.object(in: try scope.body(), of: resource))
        if object.isEmpty { object = resource.emptyUpdate }
        let id = try resource.id(text)
        let revision = resource.hasRevision ? try RevisionCondition.read(scope.request.headers["If-Match"]) : nil
        do {
            try check.checkPolicy(object)
        } catch {
            // What the caller cannot see is not found, whatever may be done with it.
            _ = try await call(codec.calls.get(id, of: parentID))
            throw error
        }
        let message = codec.object(id: id, of: parentID, object, isCreate: false)
        let mask = codec.mask(object)
        let answer = try await call(
            mask.isEmpty && revision == nil
                ? codec.calls.get(id, of: parentID)
                : codec.calls.update(.init(object: message, mask: mask, expectedRevision: revision))
        )
        let view = try codec.view(for: scope.context)
        return APIResponse(status: 200, body: try view.json(answer, under: resource.name))
    }

    private func delete(_ text: String) async throws -> APIResponse {
        try scope.refuseBody()
        let id = try resource.id(text)
        let revision = resource.hasRevision ? try RevisionCondition.read(scope.request.headers["If-Match"]) : nil
        guard scope.context.canWrite else {
            // As in an update: what the caller cannot see is not found, whatever may be done with it.
            _ = try await call(codec.calls.get(id, of: parentID))
            throw Fault.disallowed("rule:delete_\(resource.name)")
        }
        _ = try await call(codec.calls.delete(id, of: parentID, expectedRevision: revision))
        return APIResponse(status: 204)
    }
}
