internal import Netlink
internal import Synchronization

/// The node's side of all its routers: bridges, and the ends of the routers' devices that are ports of them.
///
/// The node may live in a namespace that is not the process's own: only this socket and the making of routers'
/// namespaces happen there.
final class NodeHost: Sendable {
    /// The node's namespace.
    let namespace: NetworkNamespace
    private let route: Mutex<RouteSocket>
    /// For a second thread that looks at the node.
    private let secondRoute: Mutex<RouteSocket>
    /// Since when ends of devices are there whose routers are not wanted.
    private let lingering = Mutex<[InterfaceIndex: ContinuousClock.Instant]>([:])

    /// The node in the namespace of this name or path; nil is the process's own.
    ///
    /// - Throws: `nodeNamespaceMissing`, `notPrivileged`, `kernel`.
    init(namespace name: String?) throws(AgentError) {
        do throws(NetlinkError) {
            let namespace = try Self.open(name)
            route = Mutex(try namespace.perform { () throws(NetlinkError) in try RouteSocket() })
            secondRoute = Mutex(try namespace.perform { () throws(NetlinkError) in try RouteSocket() })
            self.namespace = namespace
        } catch {
            switch error.number {
            case .notFound: throw .nodeNamespaceMissing(name ?? "")
            case .notPermitted: throw .notPrivileged
            default: throw .kernel(error)
            }
        }
    }

    private static func open(_ name: String?) throws(NetlinkError) -> NetworkNamespace {
        guard let name else { return try NetworkNamespace.current() }
        let directory = NetworkNamespace.directory
        guard name.hasPrefix("/") else { return try NetworkNamespace.open(named: name) }
        // A path is a name that leads out of the directory of names.
        let steps = directory.split(separator: "/").map { _ in ".." }.joined(separator: "/")
        return try NetworkNamespace.open(named: steps + name)
    }

    /// Those of the bridges that exist.
    func existing(_ bridges: Set<String>) throws(AgentError) -> Set<String> {
        try withAnyRoute { (route) throws(NetlinkError) in
            var existing: Set<String> = []
            for bridge in bridges where try route.link(named: bridge)?.kind == "bridge" { existing.insert(bridge) }
            return existing
        }
    }

    /// Makes these bridges where they are missing, and sets them up.
    func make(_ bridges: Set<String>) throws(AgentError) {
        try withRoute { (route) throws(NetlinkError) in
            for bridge in bridges.sorted() where try route.link(named: bridge) == nil {
                try route.apply(.createBridge(Bridge(name: bridge)))
            }
        }
    }

    /// Makes a router's devices: the peers in the router's namespace with their numbers, the other ends in their
    /// bridges.
    ///
    /// An end of ours that bears the name already is of a namespace that lost its own, and makes way.
    func create(_ devices: [NewDevice], note: String, in router: borrowing NetworkNamespace) throws(AgentError) {
        try route.withLock { (route) throws(AgentError) in
            var pairs: [VethPair] = []
            for device in devices {
                let bridge = try Self.bridge(device.plan.bridge, &route)
                // Asked for beforehand: the note that follows a pair goes to whoever bears the name.
                if let old = try withKernel({ () throws(NetlinkError) in try route.link(named: device.plan.hostEnd) }) {
                    guard KernelNames.isNote(old.alias) else { throw .foreignDevice(device.plan.hostEnd) }
                    try withKernel { () throws(NetlinkError) in try route.apply(.deleteLink(old.index)) }
                }
                pairs.append(VethPair(device, in: bridge, note: note))
            }
            try withKernel { () throws(NetlinkError) in try route.createVethPairs(pairs, peersIn: router) }
        }
    }

    /// Sets up the end of a router's device on the node.
    func configureHostEnd(of plan: DevicePlan) throws(AgentError) {
        try route.withLock { (route) throws(AgentError) in
            let bridge = try Self.bridge(plan.bridge, &route)
            try withKernel { () throws(NetlinkError) in
                guard let link = try route.link(named: plan.hostEnd) else { return }
                var settings = LinkSettings(isUp: true, master: .bridge(bridge))
                settings.mtu = plan.mtu
                try route.apply(.configureLink(link.index, settings))
            }
        }
    }

    /// How the end of a router's device on the node is set up; nil when it is not the end of that device.
    func hostEnd(of device: Link) throws(AgentError) -> HostEndSettings? {
        try withAnyRoute { (route) throws(NetlinkError) in
            let name = KernelNames.hostEnd(ofDevice: device.name)
            guard let index = device.peer, let link = try route.link(index), link.name == name,
                link.peer == device.index
            else { return nil }
            var settings = HostEndSettings(mtu: link.mtu, isUp: link.isUp)
            if let master = link.master, let bridge = route.glance(at: master) {
                settings.bridge = bridge.name
                settings.isBridgeUp = bridge.isUp || !KernelNames.isNetworkBridge(bridge.name)
            }
            return settings
        }
    }

    /// The bridge's number; one of ours is up then, and made where it is missing, under the lock in which it gets its
    /// first port.
    private static func bridge(_ plan: BridgePlan, _ route: inout RouteSocket) throws(AgentError) -> InterfaceIndex {
        if let link = try withKernel({ () throws(NetlinkError) in try route.link(named: plan.name) }) {
            if !link.isUp, !plan.isOperators {
                let settings = LinkSettings(isUp: true)
                try withKernel { () throws(NetlinkError) in try route.apply(.configureLink(link.index, settings)) }
            }
            return link.index
        }
        guard !plan.isOperators else { throw .bridgeMissing(plan.name) }
        let made = try withKernel { () throws(NetlinkError) in
            try route.apply(.createBridge(Bridge(name: plan.name)))
            return try route.link(named: plan.name)
        }
        guard let made else { throw .bridgeMissing(plan.name) }
        return made.index
    }

    /// Lends a socket for looking: the second while the first is in use.
    private func withAnyRoute<Result: Sendable>(
        _ body: (inout RouteSocket) throws(NetlinkError) -> Result
    ) throws(AgentError) -> Result {
        try withKernel { () throws(NetlinkError) in
            let result = try route.withLockIfAvailable { (route) throws(NetlinkError) in try body(&route) }
            if let result { return result }
            return try secondRoute.withLock { (route) throws(NetlinkError) in try body(&route) }
        }
    }

    private func withRoute<Result: Sendable>(
        _ body: (inout RouteSocket) throws(NetlinkError) -> Result
    ) throws(AgentError) -> Result {
        try route.withLock { (route) throws(AgentError) in
            do throws(NetlinkError) {
                return try body(&route)
            } catch {
                throw .kernel(error)
            }
        }
    }
}

/// A router's device that is to be made, with the number that it is to have in the router's namespace.
struct NewDevice {
    var plan: DevicePlan
    var index: InterfaceIndex
}

extension VethPair {
    fileprivate init(_ device: NewDevice, in bridge: InterfaceIndex, note: String) {
        let plan = device.plan
        self.init(
            host: .init(name: plan.hostEnd, master: bridge, mtu: plan.mtu, alias: note),
            peer: .init(name: plan.name, index: device.index, mac: plan.mac, mtu: plan.mtu)
        )
    }
}

extension NodeHost {
    /// How long the kernel may take to end a namespace with its devices; after that someone holds it.
    private static var patience: Duration { .seconds(5) }

    /// Removes what is ours and nobody wants: bridges without a port, ends of devices whose routers ended long ago.
    ///
    /// Returns how many were removed, and how many ends of devices are still to go with their namespaces.
    func sweep(sparing wanted: Job.Wanted) throws(AgentError) -> (removed: Int, lingering: Int) {
        try withRoute { (route) throws(NetlinkError) in
            let links = try route.links()
            let masters = Set(links.compactMap(\.master))
            let bridges = links.filter { link in
                link.kind == "bridge" && KernelNames.isNetworkBridge(link.name)
                    && !wanted.bridges.contains(link.name) && !masters.contains(link.index)
            }
            let ends = links.filter { link in
                guard link.kind == "veth", let router = KernelNames.router(ofNote: link.alias) else { return false }
                return !wanted.routers.contains(router)
            }
            let overdue = self.overdue(among: ends.map(\.index))
            try route.apply((bridges.map(\.index) + overdue).map { .deleteLink($0) })
            return (bridges.count + overdue.count, ends.count)
        }
    }

    /// Those of the devices that were seen lingering long ago.
    private func overdue(among indices: [InterfaceIndex]) -> [InterfaceIndex] {
        lingering.withLock { lingering in
            let now = ContinuousClock.now
            lingering = Dictionary(uniqueKeysWithValues: indices.map { ($0, lingering[$0] ?? now) })
            return indices.filter { now - (lingering[$0] ?? now) > Self.patience }
        }
    }
}
