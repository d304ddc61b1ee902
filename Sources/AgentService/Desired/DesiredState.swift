internal import ResourceModel

/// What the node is to hold, folded from what the watches told.
///
/// A router is settled only when the stream of routers and that of its addresses were complete once: before that,
/// a missing floating IP could just as well be one that was not told yet.
struct DesiredState: Sendable {
    private var routers = Replica<RouterSpecification>()
    private var books: [RouterID: Book] = [:]
    /// How much is wanted of the node.
    private(set) var load = NodeLoad()

    /// What is known of a router beside its specification.
    private struct Book: Hashable {
        var addresses = Replica<FloatingAddress>()
        var proxies = Replica<NeighbourProxyEntry>()
        var departed: [FloatingIPID: Revision] = [:]
        var departedRevision: Revision?

        /// Takes in an event and tells whether it changed what is wanted.
        mutating func apply(_ event: ReplicaEvent<FloatingIPID, FloatingAddress>) -> Bool {
            let wasSynced = addresses.isSynced
            let hasLostProxies = followWithProxies(event)
            switch addresses.apply(event) {
            case .unchanged:
                return false
            case .upserted(let address):
                departed[address] = nil
                return true
            case .removed(let removed):
                departed.merge(removed) { max($0, $1) }
                return true
            case .synced(let removed):
                departed.merge(removed) { max($0, $1) }
                return !wasSynced || !removed.isEmpty || hasLostProxies
            }
        }

        /// What the stream tells of snapshots concerns both; returns whether proxies left by it.
        private mutating func followWithProxies(_ event: ReplicaEvent<FloatingIPID, FloatingAddress>) -> Bool {
            switch event {
            case .snapshotBegan: _ = proxies.apply(.snapshotBegan)
            case .synced:
                if case .synced(let removed) = proxies.apply(.synced) { return !removed.isEmpty }
            case .progress: _ = proxies.apply(.progress)
            case .upserted, .deleted, .rejected: break
            }
            return false
        }
    }

    /// What a change of the desired state asks for.
    enum Effect: Hashable, Sendable {
        /// Watch the addresses of this router from now on.
        case subscribe(RouterID)
        /// Watch them no more.
        case unsubscribe(RouterID)
        /// Bring the kernel to what `router(_:)` says.
        case settle(RouterID)
        /// Bring it to what is wanted of some floating IPs of a router, all else being as before.
        case adjust(AddressAdjustment)
        /// The list of routers is complete: look for those in the kernel that are not on it.
        case sweep
    }

    /// Whether the list of routers was complete once.
    var isSynced: Bool { routers.isSynced }

    /// The routers that are wanted here, whether known in full yet or not.
    var ids: Set<RouterID> { Set(routers.values.keys) }

    /// Whether all that is wanted of the router is known.
    ///
    /// True of a router that is not wanted here at all.
    func isKnown(_ id: RouterID) -> Bool {
        guard routers.isSynced else { return false }
        return routers.values[id] == nil || books[id]?.addresses.isSynced ?? false
    }

    /// What is wanted of a router at present.
    func router(_ id: RouterID) -> DesiredRouter {
        let book = books[id]
        let specification = routers.values[id]
        return DesiredRouter(
            id: id,
            specification: specification,
            addresses: specification == nil ? [:] : book?.addresses.values ?? [:],
            neighbourProxies: specification == nil ? [] : Set(book?.proxies.values.values.map(\.address) ?? []),
            departed: book?.departed ?? [:],
            departedRevision: book?.departedRevision
        )
    }

    /// The bridges of ours that the routers' networks need.
    func networkBridges(_ layout: NodeLayout) -> Set<String> {
        var names: Set<String> = []
        for router in routers.values.values where router.isUp {
            for port in router.interfaces {
                if let bridge = try? layout.bridge(for: port, isGateway: false), !bridge.isOperators {
                    names.insert(bridge.name)
                }
            }
        }
        return names
    }

    /// Takes in one event and tells what it asks for.
    mutating func apply(_ event: WatchEvent) -> [Effect] {
        switch event {
        case .routers(.upserted(let router)):
            counting(router.id) { $0.applyRouters(.upserted(router)) }
        case .routers(.deleted(let id, let revision)):
            counting(id) { $0.applyRouters(.deleted(id, revision)) }
        case .routers(let event):
            recounting { $0.applyRouters(event) }
        case .addresses(let id, let event):
            countingAddresses(id) { $0.applyAddresses(id, event) }
        case .proxies(let id, let event):
            applyProxies(id, event)
        }
    }

    private mutating func counting(_ id: RouterID, _ body: (inout DesiredState) -> [Effect]) -> [Effect] {
        load -= load(of: id)
        defer { load += load(of: id) }
        return body(&self)
    }

    private mutating func countingAddresses(_ id: RouterID, _ body: (inout DesiredState) -> [Effect]) -> [Effect] {
        guard routers.values[id] != nil else { return body(&self) }
        load.floatingAddresses -= books[id]?.addresses.values.count ?? 0
        defer { load.floatingAddresses += books[id]?.addresses.values.count ?? 0 }
        return body(&self)
    }

    private mutating func recounting(_ body: (inout DesiredState) -> [Effect]) -> [Effect] {
        let before = routers.values.count
        let effects = body(&self)
        guard routers.values.count != before else { return effects }
        load = NodeLoad()
        for id in routers.values.keys { load += load(of: id) }
        return effects
    }

    private func load(of id: RouterID) -> NodeLoad {
        guard let router = routers.values[id] else { return NodeLoad() }
        return NodeLoad(
            routers: 1,
            gateways: router.gateways.count,
            interfaces: router.interfaces.count,
            floatingAddresses: books[id]?.addresses.values.count ?? 0
        )
    }

    /// Forgets what has left, once it has left the kernel too.
    mutating func settled(_ router: DesiredRouter) {
        guard var book = books[router.id] else { return }
        for (id, revision) in router.departed where book.departed[id] == revision { book.departed[id] = nil }
        let isGone = routers.values[router.id] == nil && book.departedRevision == router.departedRevision
        books[router.id] = isGone ? nil : book
    }

    /// Forgets the floating IPs that have left, once they have left the kernel too.
    mutating func adjusted(_ adjustment: AddressAdjustment) {
        for (id, change) in adjustment.changes where books[adjustment.router]?.departed[id] == change.departure {
            books[adjustment.router]?.departed[id] = nil
        }
    }

    private mutating func applyRouters(_ event: ReplicaEvent<RouterID, RouterSpecification>) -> [Effect] {
        let wasSynced = routers.isSynced
        switch routers.apply(event) {
        case .unchanged:
            return []
        case .upserted(let id):
            let isNew = books[id] == nil || books[id]?.departedRevision != nil
            books[id, default: Book()].departedRevision = nil
            return (isNew ? [.subscribe(id)] : []) + settleIfKnown(id)
        case .removed(let removed):
            return depart(removed)
        case .synced(let removed):
            let known = wasSynced ? [] : routers.values.keys.sorted().flatMap(settleIfKnown)
            return depart(removed) + known + [.sweep]
        }
    }

    private mutating func depart(_ removed: [RouterID: Revision]) -> [Effect] {
        removed.sorted { $0.key < $1.key }.flatMap { id, revision -> [Effect] in
            var book = books[id] ?? Book()
            for (address, value) in book.addresses.values { book.departed[address] = value.revision }
            book.addresses = Replica()
            book.proxies = Replica()
            book.departedRevision = revision
            books[id] = book
            return [.unsubscribe(id)] + settleIfKnown(id)
        }
    }

    private mutating func applyAddresses(
        _ id: RouterID,
        _ event: ReplicaEvent<FloatingIPID, FloatingAddress>
    ) -> [Effect] {
        // News of a router that has left is news of an earlier subscription.
        guard let specification = routers.values[id], books[id] != nil else { return [] }
        let before = event.key.flatMap { books[id]?.addresses.values[$0] }
        // In place: a copy would cost as much as the router has floating IPs.
        guard books[id]?.apply(event) == true, isKnown(id) else { return [] }
        guard let key = event.key, specification.isUp else { return [.settle(id)] }
        let change = AddressChange(
            before: before,
            after: books[id]?.addresses.values[key],
            departure: books[id]?.departed[key]
        )
        return [.adjust(AddressAdjustment(router: id, changes: [key: change]))]
    }

    private mutating func applyProxies(
        _ id: RouterID,
        _ event: ReplicaEvent<NDPProxyID, NeighbourProxyEntry>
    ) -> [Effect] {
        guard routers.values[id] != nil, let outcome = books[id]?.proxies.apply(event), outcome != .unchanged else {
            return []
        }
        return settleIfKnown(id)
    }

    private func settleIfKnown(_ id: RouterID) -> [Effect] {
        isKnown(id) ? [.settle(id)] : []
    }
}
