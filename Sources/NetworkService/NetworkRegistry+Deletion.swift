internal import ResourceModel

extension NetworkRegistry {
    /// Deletes a network with its subnets and the ports that need nobody's consent.
    ///
    /// Floating IPs that nothing uses go with an external network: their service is asked to delete them first, when
    /// nothing else stands in the way.
    func delete(_ id: NetworkID, expecting revision: Revision?, by caller: RequestContext) async throws {
        let present = try await network(id, for: caller)
        try caller.requireWriting("network \(id)", ownedBy: present.projectID)
        try present.history.require(revision)
        let ports = storage.reading.ports
        guard try await !ports.isInUse(id, besides: [DeviceOwner.dhcp, DeviceOwner.floatingIP]) else {
            throw NetworkError.networkInUse(id)
        }
        if try await ports.hasPort(on: id, ofOwners: [DeviceOwner.floatingIP]) {
            for observer in observers { try await observer.networkWillBeDeleted(id) }
        }
        try await storage.writing { writing in
            try await remove(id, expecting: revision, by: caller, in: writing)
        }
    }

    private func remove(
        _ id: NetworkID,
        expecting revision: Revision?,
        by caller: RequestContext,
        in writing: Writing
    ) async throws {
        let stores = writing.stores
        guard let network = try await stores.networks.networkForUpdate(id, visibleTo: caller) else {
            throw NetworkError.networkNotFound(id.description)
        }
        try network.history.require(revision)
        guard try await !stores.ports.isInUse(id, besides: [DeviceOwner.dhcp]) else {
            throw NetworkError.networkInUse(id)
        }
        for port in try await stores.ports.all(of: id) {
            try await stores.ports.delete(port.id)
            writing.note(deletedPort: port.id, after: port.history.revision, owner: port.deviceOwner)
            writing.count(.port, of: port.projectID, by: -1)
        }
        for subnet in try await stores.subnets.subnets(network.subnetIDs) {
            try await stores.subnets.delete(subnet.id)
            writing.note(deletedSubnet: subnet.id, after: subnet.history.revision)
            writing.count(.subnet, of: subnet.projectID, by: -1)
        }
        try await writing.endPolicies(of: .network(id))
        try await stores.networks.delete(id)
        writing.note(deletedNetwork: id, after: network.history.revision)
        writing.count(.network, of: network.projectID, by: -1)
    }
}
