internal import ResourceModel

/// What can be done with networks.
struct NetworkRegistry: Sendable {
    let storage: NetworkStorage
    let observers: [any PortObserver]
    /// What networks are made of when nobody says.
    let defaultType: NetworkType

    /// How often another segmentation id is looked for when somebody took the one that was found.
    private static let segmentTries = 16

    func network(_ id: NetworkID, for caller: RequestContext) async throws -> Network {
        guard let network = try await storage.reading.networks.network(id, visibleTo: caller) else {
            throw NetworkError.networkNotFound(id.description)
        }
        return network
    }

    func list(_ query: ListQuery, for caller: RequestContext) async throws -> Page<Network> {
        try await storage.reading.networks.list(query, visibleTo: caller)
    }

    /// Makes all networks or none; one whose id the caller's project has already is given as it is.
    func create(_ drafts: [Network.Draft], by caller: RequestContext) async throws -> [Network] {
        var wanted: [Network] = []
        for draft in drafts { wanted.append(try Network(draft, by: caller, defaultType: defaultType)) }
        let networks = wanted
        return try await storage.writing { writing in
            var made: [Network] = []
            for network in networks { made.append(try await create(network, in: writing)) }
            return made
        }
    }

    private func create(_ network: Network, in writing: Writing) async throws -> Network {
        guard let made = try await insert(network, in: writing) else {
            return try await existing(network, in: writing.stores)
        }
        if made.isShared {
            try await writing.settlePolicy(on: .network(made.id), .shared, isForAll: true, ofOwner: made.projectID)
        }
        if made.isExternal {
            try await writing.settlePolicy(on: .network(made.id), .external, isForAll: true, ofOwner: made.projectID)
        }
        writing.note(network: made.id, revision: made.history.revision)
        writing.count(.network, of: made.projectID, by: 1)
        return made
    }

    /// Puts a network in, with a segment of its own; nil when its id is taken.
    private func insert(_ network: Network, in writing: Writing) async throws -> Network? {
        guard network.segment.lacksSegmentationID else { return try await writing.stores.networks.insert(network) }
        for _ in 0..<Self.segmentTries {
            guard let id = try await writing.stores.segments.freeSegmentationID(for: network.segment) else { break }
            var candidate = network
            candidate.segment.segmentationID = id
            switch try await writing.insertUnlessSegmentIsTaken(candidate) {
            case .inserted(let made): return made
            case .idTaken: return nil
            case .segmentTaken: continue
            }
        }
        throw NetworkError.conflict("no free segmentation id for a \(network.segment.type.rawValue) network")
    }

    /// What an earlier call with the same id made.
    private func existing(_ network: Network, in stores: Stores) async throws -> Network {
        let present = try await stores.networks.networks([network.id]).first
        guard let present, present.projectID == network.projectID else {
            throw NetworkError.conflict("the id \(network.id) is taken")
        }
        return present
    }

    func update(
        _ id: NetworkID,
        _ change: Network.Change,
        expecting revision: Revision?,
        by caller: RequestContext
    ) async throws -> Network {
        try await storage.writing { writing in
            let present = try await networkForUpdate(id, expecting: revision, by: caller, in: writing.stores)
            let wanted = try present.applying(change, by: caller)
            if present.isExternal, !wanted.isExternal {
                let owners = [DeviceOwner.routerGateway, DeviceOwner.floatingIP]
                guard try await !writing.stores.ports.hasPort(on: id, ofOwners: owners) else {
                    throw NetworkError.externalNetworkInUse(id)
                }
            }
            try await settlePolicies(of: wanted, after: present, in: writing)
            let changed = try await writing.stores.networks.update(wanted)
            writing.note(network: id, revision: changed.history.revision)
            if changed.isExternal != present.isExternal {
                try await writing.noteSubnets(of: id)
            }
            return changed
        }
    }

    private func settlePolicies(of wanted: Network, after present: Network, in writing: Writing) async throws {
        if wanted.isShared != present.isShared {
            try await writing.settlePolicy(
                on: .network(wanted.id),
                .shared,
                isForAll: wanted.isShared,
                ofOwner: wanted.projectID
            )
        }
        if wanted.isExternalToAll != present.isExternalToAll || wanted.isExternal != present.isExternal {
            try await writing.settlePolicy(
                on: .network(wanted.id),
                .external,
                isForAll: wanted.isExternal,
                ofOwner: wanted.projectID
            )
        }
    }

    private func networkForUpdate(
        _ id: NetworkID,
        expecting revision: Revision?,
        by caller: RequestContext,
        in stores: Stores
    ) async throws -> Network {
        guard let network = try await stores.networks.networkForUpdate(id, visibleTo: caller) else {
            throw NetworkError.networkNotFound(id.description)
        }
        try caller.requireWriting("network \(id)", ownedBy: network.projectID)
        try network.history.require(revision)
        return network
    }
}
