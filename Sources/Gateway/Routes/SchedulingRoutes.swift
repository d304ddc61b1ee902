internal import NIOHTTP1

/// Which agent hosts which router, for administrators.
///
/// Source: Networking API v2.0, "L3 agent scheduler".
struct SchedulingRoutes: Sendable {
    var catalogue: Catalogue
    var service: any ServiceCaller
    var scope: RequestScope

    func agents(ofRouter id: String) async throws -> APIResponse {
        try scope.allow(.GET)
        try scope.requireAdmin("get_l3-agents")
        let call = catalogue.scheduling.agents(ofRouter: try Resource.router.id(id))
        let answer = try await service.call(call.method, call.request)
        var list = ListRenderer(collection: "agents")
        _ = try list.append(
            answer,
            field: catalogue.scheduling.agents["agents"],
            by: catalogue.scheduling.agentView
        )
        return APIResponse(status: 200, body: list.finish())
    }

    func routers(ofAgent id: String) async throws -> APIResponse {
        try scope.allow(.GET, .POST)
        if scope.request.method == .POST { return try await place(ofAgent: id) }
        try scope.requireAdmin("get_l3-routers")
        let call = catalogue.scheduling.routers(ofAgent: try Resource.agent.id(id))
        let answer = try await service.call(call.method, call.request)
        var list = ListRenderer(collection: "routers")
        _ = try list.append(
            answer,
            field: catalogue.scheduling.routers["routers"],
            by: try catalogue.router.view(for: scope.context)
        )
        return APIResponse(status: 200, body: list.finish())
    }

    private func place(ofAgent id: String) async throws -> APIResponse {
        let body = try scope.body()
        guard let given = body["router_id"] else {
            throw Fault.badRequest("Invalid input for router_id: it is missing")
        }
        try scope.requireAdmin("create_l3-router")
        guard case .string(let router) = given else { throw Resource.router.notFound(given.shown) }
        let call = catalogue.scheduling.place(
            router: try Resource.router.id(router),
            onAgent: try Resource.agent.id(id),
            isAdd: true
        )
        _ = try await service.call(call.method, call.request)
        // openstacksdk reads a value out of this answer.
        return APIResponse(status: 201, json: .null)
    }

    func router(_ router: String, ofAgent id: String) async throws -> APIResponse {
        try scope.allow(.DELETE)
        try scope.refuseBody()
        try scope.requireAdmin("delete_l3-router")
        let call = catalogue.scheduling.place(
            router: try Resource.router.id(router),
            onAgent: try Resource.agent.id(id),
            isAdd: false
        )
        _ = try await service.call(call.method, call.request)
        return APIResponse(status: 204)
    }
}
