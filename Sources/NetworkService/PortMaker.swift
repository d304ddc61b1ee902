internal import ResourceModel

/// Makes a port, within a transaction that holds its network.
struct PortMaker: Sendable {
    let writing: Writing
    let mayChooseAddresses: Bool

    /// Puts a port in and allocates its addresses; one that has the id already is given as it is.
    ///
    /// - Throws: `macAddressInUse`, `conflict` when another port has the id, and what allocation refuses with.
    func make(_ port: Port, with wish: AddressWish, isMACGiven: Bool) async throws -> Port {
        let subnets = try await writing.stores.subnets.subnetsForKeyShare(
            of: port.networkID,
            and: wish.namedSubnets
        )
        let plan = AddressPlan(
            networkID: port.networkID,
            subnets: subnets,
            deviceOwner: port.deviceOwner,
            mayChoose: mayChooseAddresses
        )
        guard var made = try await insert(port, isMACGiven: isMACGiven) else { return try await existing(port) }
        let allocator = AddressAllocator(stores: writing.stores, port: made, subnets: plan.subnets)
        made.fixedAddresses = try await allocator.allocate(try plan.choices(for: wish))
        writing.note(port: made.id, revision: made.history.revision, owner: made.deviceOwner)
        writing.count(.port, of: made.projectID, by: 1)
        return made
    }

    /// Nil when the id is taken.
    private func insert(_ port: Port, isMACGiven: Bool) async throws -> Port? {
        var candidate = port
        for _ in 0..<PortRegistry.macTries {
            switch try await writing.stores.ports.insert(candidate) {
            case .inserted(let made): return made
            case .idTaken: return nil
            case .macTaken where isMACGiven: throw NetworkError.macAddressInUse(port.mac, port.networkID)
            case .macTaken: candidate.mac = .randomForPort()
            }
        }
        throw NetworkError.macAddressInUse(nil, port.networkID)
    }

    /// What an earlier call with the same id made.
    private func existing(_ port: Port) async throws -> Port {
        let everything = RequestContext.service(named: "network")
        let present = try await writing.stores.ports.port(port.id, visibleTo: everything)
        guard let present, present.projectID == port.projectID, present.networkID == port.networkID,
            present.holder == port.holder
        else { throw NetworkError.conflict("the id \(port.id) is taken") }
        return present
    }
}
