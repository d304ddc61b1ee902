internal import ResourceModel

extension RouterRegistry {
    /// Adds routes, those that are there already left as they are.
    func addRoutes(_ routes: [ExtraRoute], to id: String, as context: RequestContext) async throws -> RouterView {
        try await changeRoutes(of: id, as: context) { RouteRules.union($0, routes) }
    }

    /// Removes routes, as far as they are there.
    func removeRoutes(_ routes: [ExtraRoute], from id: String, as context: RequestContext) async throws -> RouterView {
        try await changeRoutes(of: id, as: context) { RouteRules.difference($0, routes) }
    }

    /// Reads and writes under one lock: no two changes lose one another's routes.
    private func changeRoutes(
        of id: String,
        as context: RequestContext,
        _ edit: @Sendable ([ExtraRoute]) -> [ExtraRoute]
    ) async throws -> RouterView {
        let seen = try await writable(id, as: context)
        try await store.write { transaction in
            var topology = try await writable(seen.router.id, as: context, in: transaction)
            let routes = edit(topology.router.routes)
            guard routes != topology.router.routes else { return }
            try await requirePlace(for: routes, on: topology, in: transaction)
            try topology.requireValid(routes)
            topology.router.routes = routes
            try await save(&topology.router, in: transaction)
        }
        return try await get(id, as: context)
    }
}
