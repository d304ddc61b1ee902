internal import Addressing
internal import ResourceModel

/// Carries out, within a transaction, what was decided on a port's addresses.
struct AddressAllocator: Sendable {
    let stores: Stores
    let port: Port
    /// All of the network's.
    let subnets: [Subnet]

    /// Allocates an address for each choice; the port may have the first one already.
    ///
    /// - Throws: `ipAddressAlreadyAllocated`, `ipAddressGenerationFailure`.
    func allocate(_ choices: [AddressChoice], having first: FixedAddress? = nil) async throws -> [FixedAddress] {
        var addresses = first.map { [$0] } ?? []
        for (index, choice) in choices.enumerated().dropFirst(addresses.count) {
            addresses.append(try await allocate(choice, position: index + 1))
        }
        return addresses
    }

    /// Makes the port's addresses others: some stay, some go, some come.
    func carryOut(_ update: AddressUpdate) async throws -> [FixedAddress] {
        try await stores.addresses.release(update.lost.map(\.address), of: port.id)
        var addresses: [FixedAddress] = []
        for (index, place) in update.places.enumerated() {
            switch place {
            case .kept(let fixed): addresses.append(fixed)
            case .chosen(let choice): addresses.append(try await allocate(choice, position: index + 1))
            }
        }
        try await stores.addresses.number(addresses.map(\.address), of: port.id)
        return addresses
    }

    /// The address that the port makes by itself in a subnet; nil for other choices.
    func derived(_ choice: AddressChoice) -> FixedAddress? {
        guard case .derived(let id) = choice, let subnet = subnets.first(where: { $0.id == id }) else { return nil }
        return subnet.automaticAddress(for: port.mac).map { FixedAddress(subnetID: id, address: $0) }
    }

    private func allocate(_ choice: AddressChoice, position: Int) async throws -> FixedAddress {
        switch choice {
        case .exact(let fixed):
            return try await take(fixed, position: position)
        case .derived:
            guard let fixed = derived(choice) else { throw NetworkError.ipAddressGenerationFailure(port.networkID) }
            return try await take(fixed, position: position)
        case .any(let candidates):
            for subnet in candidates {
                let address = try await stores.addresses.takeAny(of: subnet, for: port, position: position)
                if let address { return FixedAddress(subnetID: subnet, address: address) }
            }
            throw NetworkError.ipAddressGenerationFailure(port.networkID)
        }
    }

    private func take(_ fixed: FixedAddress, position: Int) async throws -> FixedAddress {
        guard try await stores.addresses.take(fixed, for: port, position: position) else {
            throw NetworkError.ipAddressAlreadyAllocated(fixed.address, port.networkID)
        }
        return fixed
    }
}
