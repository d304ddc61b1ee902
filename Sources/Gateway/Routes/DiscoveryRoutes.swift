internal import NIOHTTP1

/// What there is: versions, core collections, extensions.
///
/// The same for every caller.
enum DiscoveryRoutes {
    static func versions(_ scope: RequestScope) throws -> APIResponse {
        try scope.allow(.GET)
        let links: JSONValue = [["rel": "self", "href": .string("\(scope.base)/v2.0/")]]
        return APIResponse(json: ["versions": [["id": "v2.0", "status": "CURRENT", "links": links]]])
    }

    /// Exactly the four that Neutron lists, whatever else there is.
    static func coreCollections(_ scope: RequestScope) throws -> APIResponse {
        try scope.allow(.GET)
        let names = [
            ("network", "networks"), ("subnet", "subnets"), ("subnetpool", "subnetpools"), ("port", "ports"),
        ]
        let resources = names.map { name, collection in
            let links: JSONValue = [["rel": "self", "href": .string("\(scope.base)/v2.0/\(collection)")]]
            return ["name": .string(name), "collection": .string(collection), "links": links] as JSONValue
        }
        return APIResponse(json: ["resources": .array(resources)])
    }

    static func extensions(_ scope: RequestScope) throws -> APIResponse {
        try scope.allow(.GET)
        return APIResponse(json: ["extensions": .array(APIExtension.all.map(\.json))])
    }

    static func extensionItem(_ scope: RequestScope, _ alias: String) throws -> APIResponse {
        try scope.allow(.GET)
        guard let found = APIExtension.all.first(where: { $0.alias == alias }) else {
            throw Fault(
                status: 404,
                type: "HTTPNotFound",
                message: "Extension with alias \(alias) does not exist"
            )
        }
        return APIResponse(json: ["extension": found.json])
    }
}
