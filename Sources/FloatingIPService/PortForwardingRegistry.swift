internal import Postgres
internal import ResourceModel
internal import ServiceRuntime

/// What can be done with the forwardings of floating IPs.
///
/// Who may see and change a floating IP may its forwardings.
struct PortForwardingRegistry: Sendable {
    var floatingIPs: FloatingIPRegistry

    var store: FloatingIPStore { floatingIPs.store }
    var keeper: UndertakingKeeper { floatingIPs.keeper }

    /// A forwarding, for one who may see its floating IP.
    func get(_ text: String, of owner: String, as context: RequestContext) async throws -> PortForwarding {
        try await forwarding(text, of: floatingIPs.visible(owner, as: context).id, in: store.database)
    }

    /// What the query names of a floating IP's forwardings.
    func list(_ query: ListQuery, of owner: String, as context: RequestContext) async throws -> Page<PortForwarding> {
        try await store.forwardings(query, of: floatingIPs.visible(owner, as: context).id)
    }

    private func forwarding(
        _ text: String,
        of floatingIP: FloatingIPID,
        in runner: some QueryRunner
    ) async throws -> PortForwarding {
        guard let id = PortForwardingID(text),
            let found = try await store.read({ _ in try await runner.forwarding(id, of: floatingIP) })
        else { throw FloatingIPError.portForwardingNotFound(text) }
        return found
    }

    /// Makes a forwarding; one with this id that the floating IP has is answered as it is.
    func create(
        _ id: PortForwardingID,
        of owner: String,
        _ wish: PortForwardingWish,
        as context: RequestContext
    ) async throws -> PortForwarding {
        let floatingIP = try await floatingIPs.writable(owner, as: context)
        if let present = try await store.read({ try await $0.forwarding(id, of: floatingIP.id) }) { return present }
        try Self.requireForwarding(floatingIP)
        try wish.check()
        let (undertaking, held) = try await hold(wish, id, for: floatingIP, as: context)
        return try await keeper.commit(undertaking) { transaction in
            let new = wish.forwarding(id, of: floatingIP.id, to: held.target)
            let before = try await floatingIPs.writable(floatingIP.id, as: context, in: transaction)
            try Self.requireForwarding(before)
            try await requirePossible(held, for: id, of: before, in: transaction)
            guard try await transaction.insert(new) else {
                throw FloatingIPError.conflict("a port forwarding with id \(id) exists already")
            }
            try await save(before, carriedBy: held.routerID, in: transaction)
            return Outcome(answer: new, kept: new.target.portID, gaveUp: .nothing)
        }
    }

    /// Changes a forwarding.
    func update(
        _ text: String,
        of owner: String,
        _ change: PortForwardingChange,
        as context: RequestContext
    ) async throws -> PortForwarding {
        let floatingIP = try await floatingIPs.writable(owner, as: context)
        let seen = try await forwarding(text, of: floatingIP.id, in: store.database)
        let wish = PortForwardingWish(seen, change)
        try wish.check()
        guard change.isMove else {
            return try await store.write { transaction in
                try await commit(change, nil, of: seen, as: context, in: transaction).answer
            }
        }
        let (undertaking, held) = try await hold(wish, seen.id, for: floatingIP, as: context)
        return try await keeper.commit(undertaking) { transaction in
            try await commit(change, held, of: seen, as: context, in: transaction)
        }
    }

    /// The change under the lock.
    private func commit(
        _ change: PortForwardingChange,
        _ held: FloatingIP.Association?,
        of seen: PortForwarding,
        as context: RequestContext,
        in transaction: Transaction
    ) async throws -> Outcome<PortForwarding> {
        let owner = try await floatingIPs.writable(seen.floatingIPID, as: context, in: transaction)
        let before = try await forwarding(seen.id.description, of: owner.id, in: transaction)
        let wish = PortForwardingWish(before, change)
        try wish.check()
        let changed = wish.forwarding(before.id, of: owner.id, to: held?.target ?? before.target)
        let (old, kept) = (before.target.portID, changed.target.portID)
        guard changed != before else { return Outcome(answer: before, kept: old, gaveUp: .nothing) }
        if let held { try await requirePossible(held, for: before.id, of: owner, in: transaction) }
        try await transaction.update(changed)
        try await save(owner, carriedBy: held?.routerID ?? owner.routerID, in: transaction)
        let isMoved = changed.target != before.target
        return Outcome(answer: changed, kept: kept, gaveUp: isMoved ? .all(old) : .nothing)
    }

    /// Removes a forwarding.
    func delete(_ text: String, of owner: String, as context: RequestContext) async throws {
        let floatingIP = try await floatingIPs.writable(owner, as: context)
        let seen = try await forwarding(text, of: floatingIP.id, in: store.database)
        try await remove(seen) { transaction in
            _ = try await floatingIPs.writable(floatingIP.id, as: context, in: transaction)
        }
    }

    /// Removes the forwardings that lead to a port, or to one of the addresses that it is about to lose.
    func removeAll(toPort port: PortID, where isLost: (FloatingIP.Target) -> Bool = { _ in true }) async throws {
        for forwarding in try await store.read({ try await $0.forwardings(toPort: port) })
        where isLost(forwarding.target) {
            try await remove(forwarding) { _ in }
        }
    }

    private func remove(
        _ seen: PortForwarding,
        _ check: (Transaction) async throws -> Void
    ) async throws {
        try await keeper.relinquish(.portForwarding(seen.id)) { transaction in
            try await check(transaction)
            guard let owner = try await transaction.floatingIPForUpdate(seen.floatingIPID),
                let present = try await transaction.forwarding(seen.id, of: owner.id)
            else { return Outcome(answer: (), kept: nil, gaveUp: .nothing) }
            try await transaction.delete(present)
            let isLast = try await transaction.forwardings(of: [owner.id]).isEmpty
            try await save(owner, carriedBy: isLast ? nil : owner.routerID, in: transaction)
            return Outcome(answer: (), kept: nil, gaveUp: .all(present.target.portID))
        }
    }

    /// Writes the floating IP whose forwardings changed, and tells its nodes.
    private func save(_ before: FloatingIP, carriedBy router: RouterID?, in transaction: Transaction) async throws {
        var wanted = before
        wanted.carryForwardings(on: router)
        let changed = try await transaction.update(wanted, isMappingChanged: true)
        try await store.announce(changed, before: before.routerID, in: transaction)
    }
}
