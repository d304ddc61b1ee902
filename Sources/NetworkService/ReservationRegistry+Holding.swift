internal import Addressing
internal import Postgres
internal import ResourceModel

/// What somebody sees of what he wants an address held for; what he does not see is nil.
struct HoldFacts: Sendable {
    let network: Network?
    /// All of the network's.
    let subnets: [Subnet]
    let subnet: Subnet?
    let port: Port?
}

/// Holds of an address and of what it leads to, together.
extension ReservationRegistry {
    /// What the caller sees; whatever is not named is nil.
    func facts(
        network: NetworkID,
        subnet: SubnetID?,
        port: PortID?,
        for caller: RequestContext
    ) async throws -> HoldFacts {
        let reading = ports.storage.reading
        async let all = reading.subnets.all(of: network)
        async let seenPort = optional(port) { try await reading.ports.port($0, visibleTo: caller) }
        async let seenSubnet = optional(subnet) { try await reading.subnets.subnet($0, visibleTo: caller) }
        let seen = try await reading.networks.network(network, visibleTo: caller)
        return try await HoldFacts(network: seen, subnets: all, subnet: seenSubnet, port: seenPort)
    }

    private func optional<ID, Found>(_ id: ID?, _ find: (ID) async throws -> Found?) async throws -> Found? {
        guard let id else { return nil }
        return try await find(id)
    }

    /// `reserve` and `addReference` in one transaction.
    func hold(
        _ reservation: Reservation,
        leaningOn reference: PortReference?
    ) async throws -> (reserved: Port, referenced: Port?) {
        try await ports.storage.writing { writing -> (reserved: Port, referenced: Port?) in
            let scene = try await writing.holds.scene(of: reservation, leaningOn: reference?.portID)
            if let reference {
                try require(reference, of: scene.referenced)
                writing.holds.put(reference)
            }
            guard scene.present == nil else { return (try await reserve(reservation, in: writing), scene.referenced) }
            guard let network = scene.network else {
                throw NetworkError.networkNotFound(reservation.networkID.description)
            }
            let made = try await PortMaker(writing: writing, mayChooseAddresses: true).make(
                try reservation.port(on: network),
                with: reservation.addresses,
                isMACGiven: false,
                among: scene.subnets
            )
            return (made, scene.referenced)
        }
    }

    private func require(_ reference: PortReference, of port: Port?) throws(NetworkError) {
        guard let port else { throw .portNotFound(reference.portID.description) }
        guard port.fixedAddresses.contains(where: { $0.address == reference.address }) else {
            throw .badRequest("port \(port.id) does not have the address \(reference.address)")
        }
    }

    /// `removeReference` of ports and `release` of one in one transaction.
    ///
    /// It may be lost in a crash of the database: what comes back then is asked about and dropped by the sweeper.
    func drop(_ holder: Holder, references: [PortID], releasing port: PortID?) async throws {
        let isDone = try await ports.storage.writing(.forgetful) { writing -> Bool in
            writing.holds.remove(holder, of: references)
            guard let port else { return true }
            let (present, isLeanedOn) = try await writing.holds.portForRelease(port)
            guard let present, present.holder == holder else { return true }
            if isLeanedOn { return false }
            writing.holds.delete(port)
            writing.note(deletedPort: port, after: present.history.revision, owner: present.deviceOwner)
            writing.count(.port, of: present.projectID, by: -1)
            return true
        }
        // Others are told of it first.
        if !isDone, let port { try await release(port, of: holder) }
    }
}
