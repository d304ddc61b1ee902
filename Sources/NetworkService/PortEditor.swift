internal import Addressing
internal import ResourceModel

/// Changes and deletes ports within a transaction that has them locked.
struct PortEditor: Sendable {
    let writing: Writing
    /// Who leans on the port, and has been told that it, or the address, goes.
    let told: Set<PortReference>

    /// Makes a port another, with other addresses when they are wished for.
    func change(
        _ present: Port,
        to wanted: Port,
        addresses wish: AddressWish?,
        mayChoose: Bool
    ) async throws -> PortOutcome<Port> {
        let subnets = try await writing.stores.subnets.subnetsForKeyShare(
            of: present.networkID,
            and: wish?.namedSubnets ?? []
        )
        let plan = AddressPlan(
            networkID: present.networkID,
            subnets: subnets,
            deviceOwner: wanted.deviceOwner,
            mayChoose: true
        )
        guard let wish = wish ?? wanted.wishAfterMACChange(from: present, among: plan.subnets) else {
            return .done(try await write(wanted, over: present))
        }
        let allocator = AddressAllocator(stores: writing.stores, port: wanted, subnets: plan.subnets)
        let update = AddressUpdate(
            from: present.fixedAddresses,
            to: try plan.choices(for: wish),
            derived: allocator.derived
        )
        if !mayChoose, update.hasNewExact {
            throw NetworkError.notAuthorized("only the network's owner chooses addresses on it")
        }
        let lost = update.lost.map(\.address)
        if !lost.isEmpty, let untold: PortOutcome<Port> = try await leaning(on: present, losing: lost) { return untold }
        var changed = try await write(wanted, over: present)
        changed.fixedAddresses = try await allocator.carryOut(update)
        return .done(changed)
    }

    /// Takes a port away.
    func delete(_ present: Port) async throws -> PortOutcome<Void> {
        if let untold: PortOutcome<Void> = try await leaning(on: present, losing: nil) { return untold }
        try await writing.stores.addresses.releaseAll(of: present.id)
        try await writing.stores.ports.delete(present.id)
        writing.note(deletedPort: present.id, after: present.history.revision, owner: present.deviceOwner)
        writing.count(.port, of: present.projectID, by: -1)
        return .done(())
    }

    private func write(_ wanted: Port, over present: Port) async throws -> Port {
        let changed = try await writing.stores.ports.update(wanted)
        writing.note(
            port: changed.id,
            revision: changed.history.revision,
            owner: changed.deviceOwner,
            ownerBefore: present.deviceOwner
        )
        return changed
    }

    /// Who leans on the addresses, or on any when nil, and must be told first; when all were, what they had goes.
    private func leaning<Result>(on port: Port, losing addresses: [IPAddress]?) async throws -> PortOutcome<Result>? {
        let references = try await writing.stores.references.references(to: port.id)
            .filter { addresses?.contains($0.address) ?? true }
        guard references.isSubset(of: told) else {
            return .mustTell(port, addresses ?? [], references.subtracting(told))
        }
        try await writing.stores.references.remove(references)
        return nil
    }
}

extension Port {
    /// The addresses to have after the hardware address changed, when hosts make some of them from it.
    fileprivate func wishAfterMACChange(from present: Port, among subnets: [Subnet]) -> AddressWish? {
        let automatic = Set(subnets.filter(\.isAutomatic).map(\.id))
        guard mac != present.mac, !DeviceOwner.isRouter(deviceOwner),
            present.fixedAddresses.contains(where: { automatic.contains($0.subnetID) })
        else { return nil }
        return .given(
            present.fixedAddresses.map { fixed in
                AddressWish.Entry(
                    subnetID: fixed.subnetID,
                    address: automatic.contains(fixed.subnetID) ? nil : fixed.address
                )
            }
        )
    }
}

extension AddressUpdate {
    /// Whether a certain address is wanted that the port does not have.
    fileprivate var hasNewExact: Bool {
        places.contains { if case .chosen(.exact) = $0 { true } else { false } }
    }
}
