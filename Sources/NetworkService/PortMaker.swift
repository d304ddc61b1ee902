internal import ResourceModel

/// Makes a port, within a transaction that holds its network.
struct PortMaker: Sendable {
    let writing: Writing
    let mayChooseAddresses: Bool

    /// Puts a port in and allocates its addresses; one that has the id already is given as it is.
    ///
    /// - Parameters:
    ///   - port: Its addresses are yet to come.
    ///   - wish: What addresses it is to have.
    ///   - isMACGiven: Whether it has to have its hardware address and no other.
    ///   - locked: The result of `subnetsForKeyShare`, when it is there.
    /// - Returns: The port with its addresses.
    /// - Throws: `macAddressInUse`, `conflict` when another port has the id, and what allocation refuses with.
    func make(
        _ port: Port,
        with wish: AddressWish,
        isMACGiven: Bool,
        among locked: [Subnet]? = nil
    ) async throws -> Port {
        let subnets: [Subnet] =
            if let locked {
                locked
            } else {
                try await writing.stores.subnets.subnetsForKeyShare(of: port.networkID, and: wish.namedSubnets)
            }
        let plan = AddressPlan(
            networkID: port.networkID,
            subnets: subnets,
            deviceOwner: port.deviceOwner,
            mayChoose: mayChooseAddresses
        )
        let inserted = try await insert(port, takingAddressOf: plan.firstSubnet(for: wish), isMACGiven: isMACGiven)
        guard case (var made, let taken)? = inserted else { return try await existing(port) }
        let allocator = AddressAllocator(stores: writing.stores, port: made, subnets: plan.subnets)
        made.fixedAddresses = try await allocator.allocate(try plan.choices(for: wish), having: taken)
        writing.note(port: made.id, revision: made.history.revision, owner: made.deviceOwner)
        writing.count(.port, of: made.projectID, by: 1)
        return made
    }

    /// The port with its first address, if it took one; nil when the id is taken.
    private func insert(
        _ port: Port,
        takingAddressOf subnet: SubnetID?,
        isMACGiven: Bool
    ) async throws -> (Port, FixedAddress?)? {
        var candidate = port
        for _ in 0..<PortRegistry.macTries {
            switch try await writing.stores.ports.insert(candidate, takingAddressOf: subnet) {
            case .inserted(let made, let taken): return (made, taken)
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
