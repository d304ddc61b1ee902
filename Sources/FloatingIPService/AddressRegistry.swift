internal import Postgres
internal import ResourceModel

/// What nodes have to do with floating IPs, and what others hold for them.
struct AddressRegistry: Sendable {
    let store: FloatingIPStore

    /// Takes over what a node made of floating IPs, as far as it still says something.
    func report(_ reports: [StatusReport]) async throws {
        let newest = StatusReport.newest(reports)
        guard !newest.isEmpty else { return }
        try await store.write { transaction in
            let present = try await transaction.floatingIPsForUpdate(Array(newest.keys))
            let accepted = present.compactMap { floatingIP in newest[floatingIP.id].flatMap(floatingIP.accepting) }
            if !accepted.isEmpty { try await transaction.note(statusesOf: accepted) }
        }
    }

    /// A node was told all that a router carries, or has the router no more: it has nothing that left the router.
    func noteGone(fromRouter router: RouterID) async throws {
        guard try await store.read({ try await $0.isAnyLeaving(router: router) }) else { return }
        try await store.write { try await $0.noteGone(fromRouter: router) }
    }

    /// What a node has to know of a router's floating IPs.
    func addresses(onRouter router: RouterID) async throws -> [FloatingIPView] {
        try await store.read { database in
            let floatingIPs = try await database.floatingIPs(onRouter: router)
            return try await Self.views(of: floatingIPs, in: database)
        }
    }

    /// What a node has to know of one; nil when it is gone.
    func address(_ id: FloatingIPID) async throws -> FloatingIPView? {
        try await store.read { database in
            guard let floatingIP = try await database.floatingIP(id) else { return nil }
            return try await Self.views(of: [floatingIP], in: database).first
        }
    }

    private static func views(of floatingIPs: [FloatingIP], in database: Database) async throws -> [FloatingIPView] {
        let unmapped = floatingIPs.filter { $0.target == nil }.map(\.id)
        let forwardings = unmapped.isEmpty ? [:] : try await database.forwardings(of: unmapped)
        return floatingIPs.map { FloatingIPView(floatingIP: $0, forwardings: forwardings[$0.id] ?? []) }
    }

    /// The NDP proxies on a router.
    func proxies(onRouter router: RouterID) async throws -> [NDPProxy] {
        try await store.read { try await $0.proxies(onRouter: router) }
    }

    /// An NDP proxy; nil when it is gone.
    func proxy(_ id: NDPProxyID) async throws -> NDPProxy? {
        try await store.read { try await $0.proxy(id) }
    }

    /// Those of the references that are in use, or that somebody is at.
    func held(_ references: Set<HeldReference>) async throws -> Set<HeldReference> {
        let holders = Set(references.map(\.holder))
        return try await store.read { database in
            // Before the rows: what ends now has its rows by the time they are read.
            let busy = try await database.undertakenHolders(among: holders)
            let footings = try await database.footings(of: holders)
            return references.filter { reference in
                busy.contains(reference.holder) || footings[reference.holder]?.holds(reference.object) == true
            }
        }
    }
}
