internal import ResourceModel

/// What the node is to hold, folded from what the watches told.
///
/// A router is settled only when the stream of routers and that of its addresses were complete once: before that,
/// a missing floating IP could just as well be one that was not told yet.
struct DesiredState: Sendable {
    private var routers = Replica<RouterSpecification>()
    private var books: [RouterID: RouterBook] = [:]
    /// How much is wanted of the node.
    private(set) var load = NodeLoad()

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
            applyAddresses(id, event)
        case .proxies(let id, let event):
            applyProxies(id, event)
        }
    }

    private mutating func counting(_ id: RouterID, _ body: (inout DesiredState) -> [Effect]) -> [Effect] {
        load -= load(of: id)
        defer { load += load(of: id) }
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
        books[adjustment.router]?.forget(adjustment.changes)
    }

    private mutating func applyRouters(_ event: ReplicaEvent<RouterID, RouterSpecification>) -> [Effect] {
        let wasSynced = routers.isSynced
        switch routers.apply(event) {
        case .unchanged:
            return []
        case .upserted(let id):
            let isNew = books[id] == nil || books[id]?.departedRevision != nil
            books[id, default: RouterBook()].departedRevision = nil
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
            var book = books[id] ?? RouterBook()
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
        // In place: a copy would cost as much as the router has floating IPs.
        guard let isUp = routers.values[id]?.isUp, let news = books[id]?.apply(event) else { return [] }
        load.floatingAddresses += news.growth
        guard routers.isSynced else { return [] }
        switch news.change {
        case .one(let key, let change) where isUp:
            return [.adjust(AddressAdjustment(router: id, changes: AddressChanges(change, of: key)))]
        case .one, .several: return [.settle(id)]
        case .none: return []
        }
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
