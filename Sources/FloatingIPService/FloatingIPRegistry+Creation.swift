internal import Addressing
internal import Postgres
internal import ResourceModel

extension FloatingIPRegistry {
    /// Makes a floating IP; one with this id that the project has is answered as it is.
    func create(_ draft: FloatingIPDraft, as context: RequestContext) async throws -> FloatingIPView {
        let owner = try draft.checkedOwner(as: context)
        // Texts are refused before anything is asked of others.
        _ = try draft.floatingIP(ofProject: owner, at: .any)
        async let asked = networks.facts(draft.places, as: context)
        if let present = try await existing(draft.id, ofProject: owner) { return await view(of: present, port: nil) }
        let wish = try await allowed(draft, await asked, ofProject: owner, as: context)
        let undertaking = try await keeper.begin(.floatingIP(draft.id), leaningOn: wish?.target.portID)
        let (held, association) = try await keeper.under(undertaking) {
            try await hold(draft, wish, ofProject: owner, as: context)
        }
        do {
            let made = try await keeper.commit(undertaking) { transaction in
                let new = try new(draft, ofProject: owner, at: held.port, association)
                let made = try await insert(new, in: transaction)
                return Outcome(answer: made, kept: made.target?.portID, gaveUp: .nothing)
            }
            return await view(of: made, port: held.targetPort)
        } catch is MadeMeanwhile {
            guard let present = try await existing(draft.id, ofProject: owner) else {
                throw FloatingIPError.busy("floating IP \(draft.id) is being removed, try again")
            }
            return await view(of: present, port: nil)
        }
    }

    /// What of the wish the rules allow, by what is there; nil without a wish to be mapped.
    private func allowed(
        _ draft: FloatingIPDraft,
        _ facts: PlaceFacts,
        ofProject owner: String,
        as context: RequestContext
    ) async throws -> PreparedAssociation? {
        guard let network = facts.network else { throw FloatingIPError.networkNotFound(draft.networkID.description) }
        if let id = draft.subnetID, facts.subnet == nil { throw FloatingIPError.subnetNotFound(id.description) }
        try network.requireFloating(subnets: facts.subnets, wanted: facts.subnet)
        guard let request = draft.association else { return nil }
        guard let port = facts.port else { throw FloatingIPError.portNotFound(request.portID.description) }
        return try await prepare(request, port, on: draft.networkID, ofProject: owner, as: context)
    }

    /// Has the address held, and what the mapping needs.
    private func hold(
        _ draft: FloatingIPDraft,
        _ wish: PreparedAssociation?,
        ofProject owner: String,
        as context: RequestContext
    ) async throws -> (HeldAddress, FloatingIP.Association?) {
        guard let wish else { return (try await ports.hold(draft.reservation, leaningOn: nil), nil) }
        async let found = routers.bind(.floatingIP(draft.id), to: wish.way)
        let held = try await ports.hold(draft.reservation, leaningOn: wish.target)
        let router = try await found
        if let port = held.targetPort { try wish.requireTrue(of: port, ofProject: owner, as: context) }
        return (held, FloatingIP.Association(target: wish.target, routerID: router))
    }

    /// The floating IP that has the id already.
    ///
    /// - Throws: `conflict` when it is another project's; `overQuota` when there is none and the project has as many as
    ///   it may, which the count under the lock would refuse in the end.
    private func existing(_ id: FloatingIPID, ofProject owner: String) async throws -> FloatingIP? {
        let (present, usage) = try await store.read { try await $0.floatingIP(id, andUsageOfProject: owner) }
        guard let present else {
            let most = usage.own ?? quota
            guard most < 0 || usage.used < most else { throw FloatingIPError.overQuota(projectID: owner, limit: most) }
            return nil
        }
        guard present.projectID == owner else {
            throw FloatingIPError.conflict("a floating IP with id \(id) exists already")
        }
        return present
    }

    private func new(
        _ draft: FloatingIPDraft,
        ofProject owner: String,
        at port: Port,
        _ association: FloatingIP.Association?
    ) throws(FloatingIPError) -> FloatingIP {
        guard let address = port.targets.first?.address else { throw .addressExhausted(draft.networkID) }
        var new = try draft.floatingIP(ofProject: owner, at: address)
        new.associate(association)
        return new
    }

    /// Writes the new floating IP and counts it.
    private func insert(_ new: FloatingIP, in transaction: Transaction) async throws -> FloatingIP {
        let (made, usage) = try await transaction.insert(new)
        guard let made else { throw MadeMeanwhile() }
        let most = usage.own ?? quota
        guard most < 0 || usage.used <= most else {
            throw FloatingIPError.overQuota(projectID: new.projectID, limit: most)
        }
        try await store.announce(made, before: nil, in: transaction)
        return made
    }
}

/// A floating IP with the id has been made meanwhile.
private struct MadeMeanwhile: Error {}

extension FloatingIPDraft {
    fileprivate var places: FloatingIPPlaces {
        FloatingIPPlaces(networkID: networkID, subnetID: subnetID, portID: association?.portID)
    }

    fileprivate var reservation: AddressReservation {
        AddressReservation(floatingIPID: id, networkID: networkID, address: address, subnetID: subnetID)
    }
}
