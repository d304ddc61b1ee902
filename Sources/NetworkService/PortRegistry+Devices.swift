internal import ResourceModel

// A tenant does not pass its port off as an interface of another project's router. Whose it is, RouterService is asked
// outside of any transaction: a router never changes its project, and no other gets its id.

extension PortRegistry {
    /// Refuses drafts that claim routers of other projects, after what else the caller may not do with them.
    ///
    /// - Throws: `deviceIDNotOwnedByProject`, and what a create without the claim would be refused with for its rights.
    func requireOwnRouters(of drafts: [Port.Draft], by caller: RequestContext) async throws {
        for draft in drafts {
            guard let router = Self.claimedRouter(draft.deviceID, draft.deviceOwner, by: caller) else { continue }
            let network = try await storage.reading.networks.network(draft.networkID, visibleTo: caller)
            guard let network else { throw NetworkError.networkNotFound(draft.networkID.description) }
            let port = try Port(draft, on: network, by: caller)
            try await requireOwned(router, byProject: port.projectID)
        }
    }

    /// Refuses a change that makes a port of the caller's claim another project's router.
    ///
    /// - Returns: The router that it claims; nil when it claims none, or when the change is not the caller's to make.
    /// - Throws: `portNotFound`, `deviceIDNotOwnedByProject`.
    func requireOwnRouter(of id: PortID, after change: Port.Change, by caller: RequestContext) async throws -> String? {
        guard change.deviceID != nil || change.deviceOwner != nil else { return nil }
        let present = try await port(id, for: caller)
        let (device, owner) = (change.deviceID ?? present.deviceID, change.deviceOwner ?? present.deviceOwner)
        guard caller.owns(projectID: present.projectID),
            let router = Self.claimedRouter(device, owner, by: caller)
        else { return nil }
        try await requireOwned(router, byProject: present.projectID)
        return router
    }

    /// The router that somebody says a port is an interface of; nil for none, and for administrators, who may.
    static func claimedRouter(_ deviceID: String, _ owner: String, by caller: RequestContext) -> String? {
        guard !caller.isAdmin, DeviceOwner.routerInterfaces.contains(owner), !deviceID.isEmpty else { return nil }
        return deviceID
    }

    private func requireOwned(_ router: String, byProject projectID: String) async throws {
        guard let owner = try await routers?.owner(ofRouter: router), owner != projectID else { return }
        throw NetworkError.deviceIDNotOwnedByProject(router)
    }
}
