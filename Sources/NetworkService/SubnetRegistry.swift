internal import Addressing
internal import ResourceModel

/// What can be done with subnets.
struct SubnetRegistry: Sendable {
    let storage: NetworkStorage

    func subnet(_ id: SubnetID, for caller: RequestContext) async throws -> Subnet {
        guard let subnet = try await storage.reading.subnets.subnet(id, visibleTo: caller) else {
            throw NetworkError.subnetNotFound(id.description)
        }
        return subnet
    }

    func list(_ query: ListQuery, for caller: RequestContext) async throws -> Page<Subnet> {
        try await storage.reading.subnets.list(query, visibleTo: caller)
    }

    /// Makes all subnets or none; one whose id the caller's project has on the network already is given as it is.
    func create(_ drafts: [Subnet.Draft], by caller: RequestContext) async throws -> [Subnet] {
        try await storage.writing { writing in
            var made: [Subnet] = []
            for draft in drafts { made.append(try await create(draft, by: caller, in: writing)) }
            return made
        }
    }

    private func create(_ draft: Subnet.Draft, by caller: RequestContext, in writing: Writing) async throws -> Subnet {
        let stores = writing.stores
        // Its lock lets no other subnet appear on the network, so that what does not overlap now never does.
        guard let network = try await stores.networks.networkForSubnets(draft.networkID, visibleTo: caller) else {
            throw NetworkError.networkNotFound(draft.networkID.description)
        }
        try caller.requireWriting("network \(network.id)", ownedBy: network.projectID)
        let owner = try caller.ownerOfNew(draft.projectID)
        if let present = try await existing(draft, ownedBy: owner, in: stores) { return present }
        let allocator = SubnetPoolAllocator(writing: writing, caller: caller)
        let block = try await allocator.block(for: draft, on: network, ownedBy: owner)
        var subnet = try Subnet(draft, taking: block, by: caller)
        subnet.isExternal = network.isExternal
        try subnet.requireApart(from: try await stores.subnets.prefixes(of: network.id))
        guard let made = try await stores.subnets.insert(subnet) else {
            throw NetworkError.conflict("the id \(subnet.id) is taken")
        }
        writing.note(subnet: made.id, revision: made.history.revision)
        writing.count(.subnet, of: made.projectID, by: 1)
        try await noteNetwork(network.id, in: writing)
        if made.isAutomatic { try await addAutomaticAddresses(of: made, in: writing) }
        if made.isExternal { try await addGatewayAddresses(of: made, in: writing) }
        return made
    }

    /// Gateways that lack the family of a new subnet get an address of it, as those do that come later.
    private func addGatewayAddresses(of subnet: Subnet, in writing: Writing) async throws {
        guard subnet.serves(deviceOwner: DeviceOwner.routerGateway) else { return }
        let stores = writing.stores
        for port in try await stores.subnets.gateways(on: subnet.networkID, without: subnet.version) {
            let place = port.fixedAddresses.count + 1
            if let own = subnet.automaticAddress(for: port.mac) {
                let fixed = FixedAddress(subnetID: subnet.id, address: own)
                guard try await stores.addresses.take(fixed, for: port, position: place) else { continue }
            } else {
                // A subnet that is full leaves the others as they are.
                guard try await stores.addresses.takeAny(of: subnet.id, for: port, position: place) != nil else {
                    break
                }
            }
            try await writing.touch(port: port.id)
        }
    }

    /// What an earlier call with the same id made.
    private func existing(_ draft: Subnet.Draft, ownedBy owner: String, in stores: Stores) async throws -> Subnet? {
        guard let id = draft.id, let present = try await stores.subnets.subnets([id]).first else { return nil }
        guard present.projectID == owner, present.networkID == draft.networkID else {
            throw NetworkError.conflict("the id \(id) is taken")
        }
        return present
    }

    /// Ports that are there already make an address in a new automatic subnet as later ones do.
    private func addAutomaticAddresses(of subnet: Subnet, in writing: Writing) async throws {
        let ports = try await writing.stores.subnets.portsForAutomaticAddresses(on: subnet.networkID)
        let wanted = ports.compactMap { port in
            subnet.automaticAddress(for: port.mac).map { (port: port.id, address: $0) }
        }
        for port in try await writing.stores.subnets.allocate(wanted, of: subnet) {
            try await writing.touch(port: port)
        }
    }

    private func noteNetwork(_ id: NetworkID, in writing: Writing) async throws {
        guard let revision = try await writing.stores.networks.touch(id) else { return }
        writing.note(network: id, revision: revision)
    }

    func update(
        _ id: SubnetID,
        _ change: Subnet.Change,
        expecting revision: Revision?,
        by caller: RequestContext
    ) async throws -> Subnet {
        try await storage.writing { writing in
            let stores = writing.stores
            let present = try await subnetForUpdate(id, expecting: revision, by: caller, in: stores)
            let wanted = try present.applying(change, by: caller)
            if let gateway = present.gateway, gateway != wanted.gateway,
                let port = try await stores.ports.routerInterface(with: gateway, in: present)
            {
                throw NetworkError.gatewayIPInUse(gateway, portID: port)
            }
            if wanted.pools != present.pools { try await stores.subnets.replacePools(of: wanted) }
            let changed = try await stores.subnets.update(wanted)
            writing.note(subnet: id, revision: changed.history.revision)
            return changed
        }
    }

    /// Deletes a subnet; addresses that DHCP's ports have in it, or that hosts made by themselves, go with it.
    func delete(_ id: SubnetID, expecting revision: Revision?, by caller: RequestContext) async throws {
        let networkID = try await subnet(id, for: caller).networkID
        try await storage.writing { writing in
            let stores = writing.stores
            // Network before subnet, as everywhere.
            _ = try await stores.networks.networkForSubnets(networkID, visibleTo: caller)
            let subnet = try await subnetForUpdate(id, expecting: revision, by: caller, in: stores)
            let ports = try await stores.ports.ports(withAddressOf: id)
            guard ports.allSatisfy({ subnet.letsGo(ofOwner: $0.owner) }), try await !stores.subnets.isReferenced(id)
            else { throw NetworkError.subnetInUse(id) }
            try await stores.subnets.releaseAll(of: id)
            for port in ports { try await writing.touch(port: port.id) }
            try await stores.subnets.delete(id)
            writing.note(deletedSubnet: id, after: subnet.history.revision)
            writing.count(.subnet, of: subnet.projectID, by: -1)
            try await noteNetwork(networkID, in: writing)
        }
    }

    private func subnetForUpdate(
        _ id: SubnetID,
        expecting revision: Revision?,
        by caller: RequestContext,
        in stores: Stores
    ) async throws -> Subnet {
        guard let subnet = try await stores.subnets.subnetForUpdate(id, visibleTo: caller) else {
            throw NetworkError.subnetNotFound(id.description)
        }
        try caller.requireWriting("subnet \(id)", ownedBy: subnet.projectID)
        try subnet.history.require(revision)
        return subnet
    }
}
