internal import NIOHTTP1

/// The member actions of subnet pools, each of which answers with the pool's prefixes.
///
/// Source: Networking API v2.0, "Subnet pools prefix operations" and "Subnet onboard".
struct SubnetPoolActionRoutes: Sendable {
    var application: RESTApplication
    var scope: RequestScope

    private var codec: SubnetPoolActionCodec { application.catalogue.subnetPoolActions }

    /// - Throws: 404 for an action that there is not, 405 for any method but PUT.
    func perform(_ action: String, on id: String) async throws -> APIResponse {
        switch action {
        case "add_prefixes", "remove_prefixes":
            try scope.allow(.PUT)
            let list = try given(SubnetPoolActionCodec.prefixList)
            return try await answer(
                to: codec.changePrefixes(try Resource.subnetPool.id(id), list, isAdd: action == "add_prefixes")
            )
        case "onboard_network_subnets":
            try scope.allow(.PUT)
            let network = try given(SubnetPoolActionCodec.network)
            return try await answer(to: codec.onboard(try Resource.subnetPool.id(id), network))
        default: throw Fault.unknownURL
        }
    }

    /// The one member that the body must have.
    ///
    /// - Throws: 400.
    private func given(_ attribute: Attribute) throws(Fault) -> JSONValue {
        guard let value = try scope.body()[attribute.name] else {
            throw .badRequest("Failed to parse request. Required attribute '\(attribute.name)' not specified")
        }
        return try attribute.converted(value)
    }

    private func answer(to call: ResourceCalls.Call) async throws -> APIResponse {
        let answer = try await application.services.network.call(call.method, call.request)
        let prefixes = try application.catalogue.subnetPool.texts("prefixes", of: answer)
        return APIResponse(json: ["prefixes": .array(prefixes.map(JSONValue.string))])
    }
}
