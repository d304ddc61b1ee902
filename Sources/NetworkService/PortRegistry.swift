internal import ResourceModel

/// What can be done with ports.
struct PortRegistry: Sendable {
    let storage: NetworkStorage
    let observers: [any PortObserver]
    /// Where it is asked whose a router is; nil asks nobody.
    let routers: (any RouterDirectory)?

    /// How often another hardware address is drawn when the network has the one that was drawn.
    static let macTries = 16
    /// How often those who lean on a port are told, while new ones keep coming.
    static let tellings = 5

    func port(_ id: PortID, for caller: RequestContext) async throws -> Port {
        guard let port = try await storage.reading.ports.port(id, visibleTo: caller) else {
            throw NetworkError.portNotFound(id.description)
        }
        return port
    }

    /// Those of the ids that exist and that the caller may see.
    func ports(_ ids: [PortID], for caller: RequestContext) async throws -> [Port] {
        try await storage.reading.ports.ports(ids, visibleTo: caller)
    }

    /// The same, as far as a floating IP shows its port.
    func details(_ ids: [PortID], for caller: RequestContext) async throws -> [PortDetails] {
        try await storage.reading.ports.details(ids, visibleTo: caller)
    }

    func list(_ query: ListQuery, for caller: RequestContext) async throws -> Page<Port> {
        try await storage.reading.ports.list(query, visibleTo: caller)
    }

    /// Makes all ports or none; one whose id the caller's project has on the network already is given as it is.
    func create(_ drafts: [Port.Draft], by caller: RequestContext) async throws -> [Port] {
        try await requireOwnRouters(of: drafts, by: caller)
        return try await storage.writing { writing in
            var made: [Port] = []
            for draft in drafts { made.append(try await create(draft, by: caller, in: writing)) }
            return made
        }
    }

    private func create(_ draft: Port.Draft, by caller: RequestContext, in writing: Writing) async throws -> Port {
        let stores = writing.stores
        guard let network = try await stores.networks.networkForKeyShare(draft.networkID, visibleTo: caller) else {
            throw NetworkError.networkNotFound(draft.networkID.description)
        }
        var port = try Port(draft, on: network, by: caller)
        port.securityGroups = try await writing.securityGroups(of: draft, for: port, by: caller)
        let maker = PortMaker(writing: writing, mayChooseAddresses: caller.controls(network))
        return try await maker.make(port, with: draft.addresses, isMACGiven: draft.mac != nil)
    }
}
