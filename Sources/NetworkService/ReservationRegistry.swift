internal import Addressing
internal import ResourceModel

/// Ports and addresses that are kept for objects of other services.
///
/// Every call is idempotent by the ids in it.
struct ReservationRegistry: Sendable {
    let ports: PortRegistry

    private var storage: NetworkStorage { ports.storage }
    /// The holders' services see every port.
    private static let everything = RequestContext.service(named: "network")

    /// Makes a port; one that the holder has by this id already is given as it is.
    func reserve(_ reservation: Reservation) async throws -> Port {
        try await storage.writing { try await reserve(reservation, in: $0) }
    }

    /// The same, in a transaction.
    func reserve(_ reservation: Reservation, in writing: Writing) async throws -> Port {
        let present = try await writing.stores.ports.portForUpdate(reservation.portID, visibleTo: Self.everything)
        if let present {
            guard present.holder == reservation.holder else {
                throw NetworkError.conflict("the id \(reservation.portID) is taken")
            }
            try await writing.stores.ports.noteAsked(present.id)
            return present
        }
        let network = try await writing.stores.networks.networkForKeyShare(
            reservation.networkID,
            visibleTo: Self.everything
        )
        guard let network else { throw NetworkError.networkNotFound(reservation.networkID.description) }
        let maker = PortMaker(writing: writing, mayChooseAddresses: true)
        return try await maker.make(try reservation.port(on: network), with: reservation.addresses, isMACGiven: false)
    }

    /// Takes a tenant's port over.
    func claim(_ id: PortID, for holder: Holder, as owner: String) async throws -> Port {
        try await storage.writing { writing in
            let present = try await portForUpdate(id, in: writing)
            if present.holder == holder {
                try await writing.stores.ports.noteAsked(id)
                return present
            }
            guard present.holder == nil, present.deviceID.isEmpty else {
                throw NetworkError.portInUse(id, deviceID: present.deviceID)
            }
            try await writing.stores.ports.claim(id, for: holder, as: owner)
            return try await noteChange(of: present, in: writing)
        }
    }

    /// Gives a claimed port back; nothing happens when the holder has not claimed it, or asked for it after a moment.
    func unclaim(_ id: PortID, for holder: Holder, unlessAskedAfter moment: Timestamp? = nil) async throws {
        try await storage.writing { writing in
            guard let present = try await held(id, by: holder, unlessAskedAfter: moment, in: writing),
                try await writing.stores.ports.isClaimed(id)
            else { return }
            try await writing.stores.ports.unclaim(id)
            _ = try await noteChange(of: present, in: writing)
        }
    }

    private func noteChange(of present: Port, in writing: Writing) async throws -> Port {
        let changed = try await portForUpdate(present.id, in: writing)
        writing.note(
            port: changed.id,
            revision: changed.history.revision,
            owner: changed.deviceOwner,
            ownerBefore: present.deviceOwner
        )
        return changed
    }

    /// Changes a port that the holder has; when it is so already, its revision stays.
    func update(_ id: PortID, of holder: Holder, _ change: ReservationChange) async throws -> Port {
        try await ports.telling { told in
            try await storage.writing { writing in
                let present = try await portForUpdate(id, in: writing)
                guard present.holder == holder else { throw NetworkError.portNotFound(id.description) }
                var wanted = present
                wanted.binding.host = change.host ?? present.binding.host
                wanted.status = change.status ?? present.status
                if wanted == present, change.addresses == nil { return .done(present) }
                try Labels.check(wanted.binding.host, as: "binding_host_id")
                let editor = PortEditor(writing: writing, told: told)
                return try await editor.change(present, to: wanted, addresses: change.addresses, mayChoose: true)
            }
        } before: { observer, port, addresses in
            try await observer.port(port, willLose: addresses)
        }
    }

    /// Deletes a port that the holder has; nothing happens when it has none by this id, or asked for it after a moment.
    func release(_ id: PortID, of holder: Holder, unlessAskedAfter moment: Timestamp? = nil) async throws {
        try await ports.telling { told in
            try await storage.writing { writing in
                let present = try await held(id, by: holder, unlessAskedAfter: moment, in: writing)
                guard let present else { return .done(()) }
                return try await PortEditor(writing: writing, told: told).delete(present)
            }
        } before: { observer, port, _ in
            try await observer.portWillBeDeleted(port)
        }
    }

    /// Records that an object leans on an address of a port, and gives the port as it is then.
    func addReference(_ reference: PortReference) async throws -> Port {
        try await storage.writing { writing in
            let port = try await portForUpdate(reference.portID, in: writing)
            guard port.fixedAddresses.contains(where: { $0.address == reference.address }) else {
                throw NetworkError.badRequest("port \(port.id) does not have the address \(reference.address)")
            }
            try await writing.stores.references.put(reference)
            return port
        }
    }

    /// Drops the record; nothing happens when there is none.
    func removeReference(of holder: Holder, to id: PortID) async throws {
        try await storage.writing { writing in
            try await writing.stores.references.remove(holder, of: id)
        }
    }

    /// The port, locked, if the holder has it.
    private func held(
        _ id: PortID,
        by holder: Holder,
        unlessAskedAfter moment: Timestamp?,
        in writing: Writing
    ) async throws -> Port? {
        let present = try await writing.stores.ports.portForUpdate(id, visibleTo: Self.everything)
        guard let present, present.holder == holder else { return nil }
        if let moment, try await writing.stores.ports.wasAsked(for: id, after: moment) { return nil }
        return present
    }

    private func portForUpdate(_ id: PortID, in writing: Writing) async throws -> Port {
        guard let port = try await writing.stores.ports.portForUpdate(id, visibleTo: Self.everything) else {
            throw NetworkError.portNotFound(id.description)
        }
        return port
    }
}
