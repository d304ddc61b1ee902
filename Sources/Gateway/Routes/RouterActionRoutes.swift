internal import NIOHTTP1

/// The member actions of routers.
///
/// Source: Networking API v2.0, "Routers".
struct RouterActionRoutes: Sendable {
    var application: RESTApplication
    var scope: RequestScope

    private var codec: RouterActionCodec { application.catalogue.routerActions }

    /// - Throws: 404 for an action that there is not, 405 for any method but PUT.
    func perform(_ action: String, on id: String) async throws -> APIResponse {
        switch action {
        case "add_router_interface": try await changeInterface(id, isAdd: true)
        case "remove_router_interface": try await changeInterface(id, isAdd: false)
        case "add_extraroutes": try await changeRoutes(id, isAdd: true)
        case "remove_extraroutes": try await changeRoutes(id, isAdd: false)
        case "add_external_gateways": try await changeGateways(id, .add)
        case "update_external_gateways": try await changeGateways(id, .update)
        case "remove_external_gateways": try await changeGateways(id, .remove)
        default: throw Fault.unknownURL
        }
    }

    private func changeInterface(_ id: String, isAdd: Bool) async throws -> APIResponse {
        try scope.allow(.PUT)
        let ends = try Self.ends(try scope.request.json(), isAdd: isAdd)
        let call = codec.changeInterface(try Resource.router.id(id), ends, isAdd: isAdd)
        let answer = try await application.services.router.call(call.method, call.request)
        return APIResponse(status: 200, body: try codec.interfaceView.json(answer, under: nil))
    }

    /// The subnet and the port that the body names.
    ///
    /// - Throws: 400 `BadRequest`.
    static func ends(_ body: JSONValue?, isAdd: Bool) throws(Fault) -> JSONObject {
        guard case .object(let given)? = body else {
            throw .badParameter("Bad router request: either subnet_id or port_id must be specified")
        }
        var ends = JSONObject()
        for attribute in RouterActionCodec.interfaceEnds {
            guard let value = given[attribute.name] else { continue }
            do {
                ends[attribute.name] = try attribute.converted(value)
            } catch {
                throw .badParameter("Bad router request: \(error.message)")
            }
        }
        guard !ends.isEmpty else {
            throw .badParameter("Bad router request: either subnet_id or port_id must be specified")
        }
        guard !isAdd || ends.members.count == 1 else {
            throw .badParameter("Bad router request: cannot specify both subnet_id and port_id")
        }
        return ends
    }

    private func changeRoutes(_ id: String, isAdd: Bool) async throws -> APIResponse {
        try scope.allow(.PUT)
        let router = try WriteCheck.object(in: try scope.body(), of: .router)
        let attribute = RouterActionCodec.routeList
        guard let given = router[attribute.name] else {
            throw Fault.badRequest("Invalid input for routes. Reason: the list is missing.")
        }
        let call = codec.changeRoutes(try Resource.router.id(id), try attribute.converted(given), isAdd: isAdd)
        let answer = try await application.services.router.call(call.method, call.request)
        let view = try application.catalogue.router.view(for: scope.context)
        return APIResponse(status: 200, body: try view.json(answer, under: Resource.router.name))
    }

    private func changeGateways(_ id: String, _ action: RouterActionCodec.GatewayAction) async throws -> APIResponse {
        try scope.allow(.PUT)
        let router = try WriteCheck.object(in: try scope.body(), of: .router)
        let attribute = RouterActionCodec.gatewayList
        guard var given = router[attribute.name] else {
            throw Fault.badRequest("Invalid input for external_gateways. Reason: the list is missing.")
        }
        // `openstack router unset` says so before each change, and Neutron takes it for nothing to remove.
        if action == .remove, given == .object(JSONObject()) { given = .array([]) }
        let gateways = JSONObject([attribute.name: try attribute.converted(given)])
        let id = try Resource.router.id(id)
        let service = application.services.router
        if let refused = WriteCheck.refused(gateways, by: [attribute], scope.context) {
            // What the caller cannot see is not found, whatever may be done with it.
            let seen = application.catalogue.router.calls.get(id)
            _ = try await service.call(seen.method, seen.request)
            throw Fault.disallowed("(rule:update_router and rule:update_router:\(refused))")
        }
        let call = codec.changeGateways(id, gateways, action)
        let answer = try await service.call(call.method, call.request)
        let view = try application.catalogue.router.view(for: scope.context)
        return APIResponse(status: 200, body: try view.json(answer, under: Resource.router.name))
    }
}
