internal import Postgres
internal import ResourceModel
internal import ServiceRuntime

/// A wish to be mapped that the rules allow, as far as the port goes.
struct PreparedAssociation: Hashable, Sendable {
    let request: AssociationRequest
    let target: FloatingIP.Target
    /// The external network.
    let networkID: NetworkID

    /// The way that a router has to be found for.
    var way: Way { Way(networkID: networkID, subnetID: target.subnetID, routerID: request.routerID) }

    /// Decides again, on the port as it was when the reference to it was recorded.
    ///
    /// - Throws: What the rules refuse with; `busy` when they allow something else by now.
    func requireTrue(of port: Port, ofProject owner: String, as context: RequestContext) throws(FloatingIPError) {
        guard try port.target(for: request, ofProject: owner, as: context) == target else {
            throw .busy("the addresses of port \(port.id) are being changed, try again")
        }
    }
}

/// A mapping that others hold their part of.
struct HeldAssociation: Hashable, Sendable {
    let association: FloatingIP.Association
    /// The port as it was when the reference to it was recorded.
    let port: Port
}

extension FloatingIPRegistry {
    /// The port part of the association's rules, by asking only.
    func prepare(
        _ request: AssociationRequest,
        _ port: Port,
        on network: NetworkID,
        ofProject owner: String,
        as context: RequestContext
    ) async throws -> PreparedAssociation {
        let target = try port.target(for: request, ofProject: owner, as: context)
        if let router = request.routerID { try await routers.requireVisible(router, as: context) }
        return PreparedAssociation(request: request, target: target, networkID: network)
    }

    /// Finds the router, and has router and port held.
    ///
    /// What was decided on the port is decided again on the port as it
    /// was when the reference to it was recorded.
    func associate(
        _ id: FloatingIPID,
        _ wish: PreparedAssociation,
        ofProject owner: String,
        as context: RequestContext
    ) async throws -> HeldAssociation {
        async let found = routers.bind(.floatingIP(id), to: wish.way)
        let port = try await ports.addReference(of: .floatingIP(id), to: wish.target)
        let router = try await found
        try wish.requireTrue(of: port, ofProject: owner, as: context)
        return HeldAssociation(association: .init(target: wish.target, routerID: router), port: port)
    }

    /// Changes a floating IP; a new mapping is held by the others first, an old one dropped there after.
    func update(_ text: String, _ change: FloatingIPChange, as context: RequestContext) async throws -> FloatingIPView {
        let seen = try await writable(text, as: context)
        // Before others are asked for anything, and again under the lock.
        try seen.requireRevision(change.expectedRevision)
        var port: Port?
        let changed: FloatingIP
        switch change.association {
        case .none:
            changed = try await store.write { try await commit(change, nil, of: seen.id, as: context, in: $0).answer }
        case .some(.none):
            changed = try await keeper.relinquish(.floatingIP(seen.id)) {
                try await commit(change, nil, of: seen.id, as: context, in: $0)
            }
        case .some(.some(let request)):
            let (undertaking, held) = try await hold(request, for: seen, as: context)
            changed = try await keeper.commit(undertaking) {
                try await commit(change, held.association, of: seen.id, as: context, in: $0)
            }
            port = held.port
        }
        return await view(of: changed, port: port)
    }

    private func hold(
        _ request: AssociationRequest,
        for seen: FloatingIP,
        as context: RequestContext
    ) async throws -> (Undertaking, HeldAssociation) {
        let owner = seen.projectID
        let port = try await ports.port(request.portID, as: context)
        let wish = try await prepare(request, port, on: seen.networkID, ofProject: owner, as: context)
        let undertaking = try await keeper.begin(.floatingIP(seen.id), leaningOn: wish.target.portID)
        let held = try await keeper.under(undertaking) {
            try await associate(seen.id, wish, ofProject: owner, as: context)
        }
        return (undertaking, held)
    }

    /// The change under the lock.
    private func commit(
        _ change: FloatingIPChange,
        _ association: FloatingIP.Association?,
        of id: FloatingIPID,
        as context: RequestContext,
        in transaction: Transaction
    ) async throws -> Outcome<FloatingIP> {
        let before = try await writable(id, as: context, in: transaction)
        try before.requireRevision(change.expectedRevision)
        var wanted = before
        try change.apply(to: &wanted)
        // Forwardings have no mapping that an empty one could end.
        if association != nil || (change.association != nil && before.target != nil) { wanted.associate(association) }
        guard wanted != before else { return Outcome(answer: before, kept: before.target?.portID, gaveUp: .nothing) }
        let isMappingChanged = wanted.target != before.target || wanted.routerID != before.routerID
        let changed = try await transaction.update(wanted, isMappingChanged: isMappingChanged)
        let kept = changed.target?.portID
        guard isMappingChanged else { return Outcome(answer: changed, kept: kept, gaveUp: .nothing) }
        guard association == nil || before.target != nil || before.routerID == nil else {
            throw FloatingIPError.inUseByPortForwarding(id)
        }
        try await store.announce(changed, before: before.routerID, in: transaction)
        return Outcome(answer: changed, kept: kept, gaveUp: before.target.map { .all($0.portID) } ?? .nothing)
    }
}
