internal import Addressing
internal import Postgres
internal import ResourceModel

extension FloatingIPRegistry {
    /// Makes a floating IP; one with this id that the project has is answered as it is.
    func create(_ draft: FloatingIPDraft, as context: RequestContext) async throws -> FloatingIPView {
        let owner = try draft.checkedOwner(as: context)
        // Texts are refused before anything is asked of others.
        _ = try draft.floatingIP(ofProject: owner, at: .any)
        if let present = try await existing(draft.id, ofProject: owner) { return await view(of: present, port: nil) }
        try await requirePlace(inProject: owner)
        try await requireFloating(draft, as: context)
        var wish: PreparedAssociation?
        if let request = draft.association {
            wish = try await prepare(request, on: draft.networkID, ofProject: owner, as: context)
        }
        let undertaking = try await keeper.begin(.floatingIP(draft.id), leaningOn: wish?.target.portID)
        let (port, held) = try await keeper.under(undertaking) {
            try await hold(draft, wish, ofProject: owner, as: context)
        }
        let made = try await keeper.commit(undertaking) { transaction in
            let new = try new(draft, ofProject: owner, at: port, held?.association)
            let made = try await insert(new, in: transaction)
            return Outcome(answer: made, kept: made.target?.portID, gaveUp: .nothing)
        }
        return await view(of: made, port: held?.port)
    }

    /// Has the address held, and what the mapping needs.
    private func hold(
        _ draft: FloatingIPDraft,
        _ wish: PreparedAssociation?,
        ofProject owner: String,
        as context: RequestContext
    ) async throws -> (Port, HeldAssociation?) {
        guard let wish else { return (try await ports.reserve(draft.reservation), nil) }
        async let held = associate(draft.id, wish, ofProject: owner, as: context)
        let port = try await ports.reserve(draft.reservation)
        return (port, try await held)
    }

    private func existing(_ id: FloatingIPID, ofProject owner: String) async throws -> FloatingIP? {
        guard let present = try await store.read({ try await $0.floatingIP(id) }) else { return nil }
        guard present.projectID == owner else {
            throw FloatingIPError.conflict("a floating IP with id \(id) exists already")
        }
        return present
    }

    /// Refuses early what the count under the lock would refuse in the end.
    private func requirePlace(inProject owner: String) async throws {
        let usage = try await store.read { try await $0.usage(ofProject: owner) }
        let most = usage.own ?? quota
        guard most < 0 || usage.used < most else { throw FloatingIPError.overQuota(projectID: owner, limit: most) }
    }

    private func requireFloating(_ draft: FloatingIPDraft, as context: RequestContext) async throws {
        async let subnets = networks.subnets(of: draft.networkID)
        let network = try await networks.network(draft.networkID, as: context)
        let all = try await subnets
        var wanted: Subnet?
        if let id = draft.subnetID {
            wanted = all.first { $0.id == id }
            if wanted == nil { wanted = try await networks.subnet(id, as: context) }
        }
        try network.requireFloating(subnets: all, wanted: wanted)
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

    /// Writes the new floating IP and counts it, unless one with its id has been made meanwhile.
    private func insert(_ new: FloatingIP, in transaction: Transaction) async throws -> FloatingIP {
        guard let made = try await transaction.insert(new) else {
            guard let present = try await transaction.floatingIP(new.id), present.projectID == new.projectID else {
                throw FloatingIPError.conflict("a floating IP with id \(new.id) exists already")
            }
            return present
        }
        let usage = try await transaction.takePlace(inProject: new.projectID)
        let most = usage.own ?? quota
        guard most < 0 || usage.used <= most else {
            throw FloatingIPError.overQuota(projectID: new.projectID, limit: most)
        }
        try await store.announce(made, before: nil, in: transaction)
        return made
    }
}

extension FloatingIPDraft {
    fileprivate var reservation: AddressReservation {
        AddressReservation(floatingIPID: id, networkID: networkID, address: address, subnetID: subnetID)
    }
}
