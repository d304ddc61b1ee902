internal import Addressing
internal import Postgres
internal import ResourceModel

extension FloatingIPRegistry {
    /// Removes a floating IP, mapped or not, and gives its address back.
    func delete(_ text: String, expected: Revision?, as context: RequestContext) async throws {
        let id = try Self.id(text)
        try await keeper.relinquish(.floatingIP(id)) { transaction in
            let (found, isForwarding) = try await transaction.floatingIPForRemoval(id)
            let present = try Self.requireWritable(found, id.description, as: context)
            try present.requireRevision(expected)
            return try await remove(present, isForwarding: isForwarding, in: transaction)
        }
    }

    private func remove(
        _ present: FloatingIP,
        isForwarding: Bool,
        in transaction: Transaction
    ) async throws -> Outcome<Void> {
        guard !isForwarding else { throw FloatingIPError.inUseByPortForwarding(present.id) }
        transaction.delete(present)
        transaction.leavePlace(inProject: present.projectID)
        try await store.announceRemoval(present, in: transaction)
        return Outcome(answer: (), kept: nil, gaveUp: .all(present.target?.portID), footing: .nothing)
    }

    /// Lets go of a port that is about to be deleted.
    ///
    /// - Throws: `associatedByOther` when not all that is associated with it may go with it.
    func portWillBeDeleted(_ port: PortID, ofProject owner: String, as context: RequestContext) async throws {
        try await whenSettled(port) {
            let mapped = try await store.read { try await $0.floatingIPs(onPort: port) }
            guard mapped.allSatisfy({ $0.mayLetGo(ofPortOwnedBy: owner, as: context) }) else {
                throw FloatingIPError.associatedByOther(port)
            }
            for floatingIP in mapped { try await disassociate(floatingIP.id, from: port) }
            try await forwardings.removeAll(toPort: port)
            try await proxies.removeAll(ofPort: port)
            return mapped.isEmpty
        }
    }

    private func disassociate(_ id: FloatingIPID, from port: PortID) async throws {
        try await keeper.relinquish(.floatingIP(id)) { transaction in
            guard var present = try await transaction.floatingIPForUpdate(id), present.target?.portID == port else {
                return Outcome(answer: (), kept: nil, gaveUp: .nothing)
            }
            let before = present
            present.associate(nil)
            let changed = try await transaction.update(present, isMappingChanged: true)
            try await store.announce(changed, before: before.routerID, in: transaction)
            return Outcome(answer: (), kept: nil, gaveUp: .all(port))
        }
    }

    /// Refuses while a floating IP is mapped to one of the addresses that a port is about to lose; forwardings to them
    /// are removed.
    func port(_ port: PortID, willLose addresses: [IPAddress]) async throws {
        try await whenSettled(port) {
            let mapped = try await store.read { try await $0.floatingIPs(onPort: port) }
            for case let (floatingIP, target?) in mapped.map({ ($0, $0.target) })
            where addresses.contains(.v4(target.address)) {
                throw FloatingIPError.badRequest(
                    "address \(target.address) of port \(port) is associated with floating IP \(floatingIP.id)"
                )
            }
            try await forwardings.removeAll(toPort: port) { addresses.contains(.v4($0.address)) }
            try await proxies.removeAll(ofPort: port) { addresses.contains(.v6($0.address)) }
            return true
        }
    }

    private var forwardings: PortForwardingRegistry { PortForwardingRegistry(floatingIPs: self) }
    private var proxies: NDPProxyRegistry { NDPProxyRegistry(floatingIPs: self) }

    /// Looks until it finds the port as wanted with nobody about to lean on it: a mapping that its reference was
    /// recorded for, but that is not committed yet, would else be missed.
    private func whenSettled(_ port: PortID, _ look: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + keeper.patience
        while true {
            // Before the look: whoever begins later has a reference recorded later, which NetworkService sees.
            let wasUndertaken = try await store.read { try await $0.isUndertaken(port: port) }
            let isAsWanted = try await look()
            if isAsWanted, !wasUndertaken { return }
            guard ContinuousClock.now < deadline else {
                throw FloatingIPError.busy("floating IPs of port \(port) are being changed, try again")
            }
            if wasUndertaken { try await Task.sleep(for: .milliseconds(20)) }
        }
    }

    /// Removes the floating IPs of a network that nothing uses.
    func networkWillBeDeleted(_ network: NetworkID) async throws {
        for id in try await store.read({ try await $0.idleFloatingIPs(ofNetwork: network) }) {
            try await keeper.relinquish(.floatingIP(id)) { transaction in
                let (found, isForwarding) = try await transaction.floatingIPForRemoval(id)
                guard let present = found, present.routerID == nil else {
                    return Outcome(answer: (), kept: nil, gaveUp: .nothing)
                }
                return try await remove(present, isForwarding: isForwarding, in: transaction)
            }
        }
    }
}
