internal import Addressing
internal import Postgres
internal import ResourceModel
internal import ServiceRuntime

/// What can be done with NDP proxies.
struct NDPProxyRegistry: Sendable {
    let floatingIPs: FloatingIPRegistry

    private var store: FloatingIPStore { floatingIPs.store }
    private var keeper: UndertakingKeeper { floatingIPs.keeper }

    /// A proxy, for one who may see it.
    func get(_ text: String, as context: RequestContext) async throws -> NDPProxy {
        guard let id = NDPProxyID(text), let found = try await store.read({ try await $0.proxy(id) }),
            context.owns(projectID: found.projectID)
        else { throw FloatingIPError.proxyNotFound(text) }
        return found
    }

    /// What the caller may see of what the query names.
    func list(_ query: ListQuery, as context: RequestContext) async throws -> Page<NDPProxy> {
        try await store.proxies(query, ofProject: context.isAdmin ? nil : context.projectID)
    }

    /// Makes a proxy; one with this id that the project has is answered as it is.
    func create(_ draft: NDPProxyDraft, as context: RequestContext) async throws -> NDPProxy {
        let owner = try draft.checkedOwner(as: context)
        if let present = try await store.read({ try await $0.proxy(draft.id) }) {
            guard present.projectID == owner else {
                throw FloatingIPError.conflict("an NDP proxy with id \(draft.id) exists already")
            }
            return present
        }
        let router = try await floatingIPs.routers.router(draft.routerID, as: context)
        let network = try router.requireProxying()
        let port = try await floatingIPs.ports.port(draft.portID, as: context)
        let targets = try port.proxyTargets(at: draft.address, ofProject: owner, as: context)
        try await requireOneScope(port.networkID, network)
        let undertaking = try await keeper.begin(.ndpProxy(draft.id), leaningOn: port.id)
        let new = try await keeper.under(undertaking) {
            let target = try await hold(targets, for: draft, on: network)
            return draft.proxy(ofProject: owner, to: target, on: network)
        }
        return try await keeper.commit(undertaking) { transaction in
            guard let made = try await transaction.insert(new) else {
                throw FloatingIPError.conflict("an NDP proxy with id \(new.id) exists already")
            }
            try await store.announce(made, in: transaction)
            return Outcome(answer: made, kept: new.target.portID, gaveUp: .nothing)
        }
    }

    private func requireOneScope(_ inside: NetworkID, _ outside: NetworkID) async throws {
        async let external = network(outside)
        let inner = try await network(inside)
        try inner.requireSameScope(as: try await external)
    }

    /// A network, whoever asks.
    private func network(_ id: NetworkID) async throws -> Network {
        let facts = try await floatingIPs.networks.facts(FloatingIPPlaces(networkID: id), as: RemoteCall.ownContext)
        guard let network = facts.network else { throw FloatingIPError.networkNotFound(id.description) }
        return network
    }

    /// Has the router held for the first address that it reaches, and the port with it.
    private func hold(
        _ targets: [NDPProxy.Target],
        for draft: NDPProxyDraft,
        on network: NetworkID
    ) async throws -> NDPProxy.Target {
        let holder = Holder.ndpProxy(draft.id)
        var refusal: (any Error)?
        for target in targets {
            let way = Way(networkID: network, subnetID: target.subnetID, routerID: draft.routerID)
            do {
                _ = try await floatingIPs.routers.bind(holder, to: way)
            } catch let error as RemoteError where error.reason == .portUnreachableRouter {
                refusal = refusal ?? error
                continue
            }
            // A port that lost the address meanwhile is refused there.
            _ = try await floatingIPs.ports.addReference(of: holder, to: target.portID, at: .v6(target.address))
            return target
        }
        throw refusal ?? FloatingIPError.badRequest("port \(draft.portID) has no IPv6 address")
    }

    /// Changes a proxy's texts.
    func update(_ text: String, _ change: NDPProxyChange, as context: RequestContext) async throws -> NDPProxy {
        let seen = try await get(text, as: context)
        return try await store.write { transaction in
            let before = try await writable(seen.id, change.expectedRevision, as: context, in: transaction)
            var wanted = before
            try change.apply(to: &wanted)
            return wanted == before ? before : try await transaction.update(wanted)
        }
    }

    /// Removes a proxy.
    func delete(_ text: String, expected: Revision?, as context: RequestContext) async throws {
        let seen = try await get(text, as: context)
        try await keeper.relinquish(.ndpProxy(seen.id)) { transaction in
            let present = try await writable(seen.id, expected, as: context, in: transaction)
            return try await remove(present, in: transaction)
        }
    }

    /// Removes the proxies for a port, or for one of the addresses that it is about to lose.
    func removeAll(ofPort port: PortID, where isLost: (NDPProxy.Target) -> Bool = { _ in true }) async throws {
        for proxy in try await store.read({ try await $0.proxies(ofPort: port) }) where isLost(proxy.target) {
            try await keeper.relinquish(.ndpProxy(proxy.id)) { transaction in
                guard let present = try await transaction.proxyForUpdate(proxy.id) else {
                    return Outcome(answer: (), kept: nil, gaveUp: .nothing)
                }
                return try await remove(present, in: transaction)
            }
        }
    }

    private func writable(
        _ id: NDPProxyID,
        _ wanted: Revision?,
        as context: RequestContext,
        in transaction: Transaction
    ) async throws -> NDPProxy {
        guard let present = try await transaction.proxyForUpdate(id), context.owns(projectID: present.projectID) else {
            throw FloatingIPError.proxyNotFound(id.description)
        }
        guard context.canWrite else { throw FloatingIPError.notAuthorized("NDP proxy \(id) is not yours to change") }
        guard wanted == nil || wanted == present.revision else {
            throw FloatingIPError.proxyRevisionMismatch(id, wanted: wanted ?? 0, present: present.revision)
        }
        return present
    }

    private func remove(_ present: NDPProxy, in transaction: Transaction) async throws -> Outcome<Void> {
        try await transaction.delete(present)
        try await store.announceRemoval(present, in: transaction)
        return Outcome(answer: (), kept: nil, gaveUp: .all(present.target.portID))
    }
}
