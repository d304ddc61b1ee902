internal import Netlink
internal import ResourceModel

/// Which router is behind which number of a namespace, as the ends of the routers' devices on the node tell.
///
/// The node's namespace knows others by numbers. The end of a router's device bears the router's id as a note and the
/// number of the namespace that its other end is in.
struct RouterWhereabouts: Sendable {
    /// A change of a router.
    struct Heard: Hashable, Sendable {
        var router: RouterID
        var change: HeardChange
    }

    private var routers: [NamespaceID: RouterID] = [:]
    /// Namespaces that were looked for among the ends of devices and are none of ours.
    private var strangers: Set<NamespaceID> = []
    /// The ends of the routers' devices, each with the bridge that it is a port of.
    private var ends: [InterfaceIndex: (router: RouterID, bridge: InterfaceIndex?)] = [:]
    /// What happened in namespaces of which it is not known yet whose they are.
    private var waiting: [NamespaceID: [HeardChange]] = [:]
    /// Those of them that were looked for once in vain: the end of a device gets its note a moment after it is made.
    private var missed: Set<NamespaceID> = []

    /// Whether all links of the node should be looked at, soon but not often.
    var isUnsure: Bool { !waiting.isEmpty }

    /// Takes in all links of the node, and returns what waited for that; whom they twice do not lead to is a stranger.
    mutating func learn(_ links: [Link]) -> [Heard] {
        var heard: [Heard] = []
        for link in links {
            guard let router = KernelNames.router(ofNote: link.alias) else { continue }
            heard += note(link, of: router)
        }
        let absent = Set(waiting.keys)
        strangers.formUnion(absent.intersection(missed))
        waiting = waiting.filter { !strangers.contains($0.key) }
        missed = absent.subtracting(strangers)
        return heard
    }

    /// Takes in an event of the node's own namespace, or of another.
    mutating func take(_ event: RouteEvent, in namespace: NamespaceID?) -> [Heard] {
        guard let namespace else { return takeNodes(event) }
        guard let change = HeardChange(event) else { return [] }
        if let router = routers[namespace] { return [Heard(router: router, change: change)] }
        if !strangers.contains(namespace) { waiting[namespace, default: []].append(change) }
        return []
    }

    private mutating func takeNodes(_ event: RouteEvent) -> [Heard] {
        switch event {
        case .link(let link) where link.kind == "bridge":
            guard !link.isUp else { return [] }
            let routers = Set(ends.values.filter { $0.bridge == link.index }.map(\.router))
            return routers.map { Heard(router: $0, change: .bridgeDown(link.name)) }
        case .link(let link):
            guard let router = KernelNames.router(ofNote: link.alias) else { return [] }
            return note(link, of: router) + [Heard(router: router, change: .hostEnd(.init(link)))]
        case .linkDeleted(let link):
            ends[link.index] = nil
            guard let router = KernelNames.router(ofNote: link.alias) else { return [] }
            return [Heard(router: router, change: .hostEndGone(link.name))]
        case .namespaceEnded(let id):
            routers[id] = nil
            strangers.remove(id)
            waiting[id] = nil
            return []
        case .address, .addressDeleted, .route, .routeDeleted, .rule, .ruleDeleted, .forwarding:
            return []
        }
    }

    /// Remembers where a device's end leads; returns that it is in another bridge than before, and what waited.
    private mutating func note(_ link: Link, of router: RouterID) -> [Heard] {
        var changes: [HeardChange] = []
        if let namespace = link.peerNamespace {
            routers[namespace] = router
            strangers.remove(namespace)
            changes = waiting.removeValue(forKey: namespace) ?? []
        }
        if let known = ends.updateValue((router, link.master), forKey: link.index), known.bridge != link.master {
            changes.append(.hostEndMoved(link.name))
        }
        return changes.map { Heard(router: router, change: $0) }
    }
}

extension HeardChange {
    /// What an event in a router's namespace says; nil where it says nothing.
    fileprivate init?(_ event: RouteEvent) {
        switch event {
        case .link(let link): self = .device(.init(link))
        case .linkDeleted(let link): self = .deviceGone(link.name)
        case .address(let address): self = .address(address.address)
        case .addressDeleted(let address): self = .addressGone(address.address)
        case .route, .routeDeleted: self = .route
        case .rule(let rule), .ruleDeleted(let rule):
            guard rule.origin == .sluice else { return nil }
            self = .rule
        case .forwarding(let parameter): self = .parameter(parameter)
        case .namespaceEnded: return nil
        }
    }
}
