extension RESTApplication {
    /// Hands a request to the routes of what its URL names.
    ///
    /// - Throws: `Fault`, `RemoteError`; anything else is a defect.
    func route(_ scope: RequestScope, to target: Target) async throws -> APIResponse {
        switch target {
        case .versions: try DiscoveryRoutes.versions(scope)
        case .coreCollections: try DiscoveryRoutes.coreCollections(scope)
        case .extensions: try DiscoveryRoutes.extensions(scope)
        case .extensionItem(let alias): try DiscoveryRoutes.extensionItem(scope, alias)
        case .collection("quotas"): try await quotas(scope).collection()
        case .item("quotas", let project): try await quotas(scope).item(project)
        case .member("quotas", let project, let view): try await quotas(scope).view(view, of: project)
        case .collection(let name): try await routes(name, scope).collection()
        case .item(let name, let id): try await routes(name, scope).item(id)
        case .tags(let name, let id): try await tagRoutes(name, scope, id).list()
        case .tag(let name, let id, let tag): try await tagRoutes(name, scope, id).item(tag)
        case .member(let parents, let id, let name) where catalogue[parents, name] != nil:
            try await routes(parents, id, name, scope).collection()
        case .subItem(let parents, let id, let name, let item) where catalogue[parents, name] != nil:
            try await routes(parents, id, name, scope).item(item)
        case .member("routers", let id, "l3_agents"): try await scheduling(scope).agents(ofRouter: id)
        case .member("routers", let id, let action):
            try await RouterActionRoutes(application: self, scope: scope).perform(action, on: id)
        case .member("subnetpools", let id, let action):
            try await SubnetPoolActionRoutes(application: self, scope: scope).perform(action, on: id)
        case .member("agents", let id, "l3_routers"): try await scheduling(scope).routers(ofAgent: id)
        case .subItem("agents", let id, "l3_routers", let router):
            try await scheduling(scope).router(router, ofAgent: id)
        case .member, .subItem: throw Fault.unknownURL
        }
    }

    private func routes(_ collection: String, _ scope: RequestScope) throws(Fault) -> ResourceRoutes {
        guard let codec = catalogue[collection] else { throw .unknownURL }
        return ResourceRoutes(
            codec: codec,
            service: services[codec.resource.backend],
            settings: settings,
            scope: scope,
            zones: zones
        )
    }

    /// The routes of a sub-collection of the object with that id.
    private func routes(
        _ parents: String,
        _ id: String,
        _ name: String,
        _ scope: RequestScope
    ) throws(Fault) -> ResourceRoutes {
        guard let codec = catalogue[parents, name], let parent = codec.resource.parent else { throw .unknownURL }
        let service = services[codec.resource.backend]
        return ResourceRoutes(
            codec: codec,
            service: service,
            settings: settings,
            scope: scope,
            zones: zones,
            parentID: try parent.id(id)
        )
    }

    private var zones: ZoneLookup { ZoneLookup(codec: catalogue.availabilityZone, service: services.router) }

    private func quotas(_ scope: RequestScope) -> QuotaRoutes {
        QuotaRoutes(codec: catalogue.quotas, services: services, scope: scope)
    }

    private func tagRoutes(_ collection: String, _ scope: RequestScope, _ id: String) throws(Fault) -> TagRoutes {
        let routes = try routes(collection, scope)
        guard routes.codec.resource.isTaggable else { throw .unknownURL }
        return TagRoutes(codec: routes.codec, service: routes.service, scope: scope, givenID: id)
    }

    private func scheduling(_ scope: RequestScope) -> SchedulingRoutes {
        SchedulingRoutes(catalogue: catalogue, service: services.router, scope: scope)
    }
}
