internal import Addressing
internal import Netlink
internal import Nftables
internal import Synchronization

/// A router's namespace as the agent holds it: sockets that were opened in it once, so that no thread need enter it.
///
/// A socket keeps its namespace alive: let this go where the router goes, on a thread that has the time (closing the
/// packet socket costs 15 ms).
final class RouterNamespace: Sendable {
    let name: String
    /// Which namespace bore the name when it was opened.
    let identity: NetworkNamespace.Identity
    let namespace: NetworkNamespace
    private let route: Mutex<RouteSocket>
    private let table: Mutex<TableSocket>
    /// Opened when first needed, like the next one.
    private let packets = Mutex<PacketSocket?>(nil)
    private let connections = Mutex<ConntrackSocket?>(nil)
    /// Open while hosts are told of the router.
    private let advertisements = Mutex<AdvertisementSocket?>(nil)
    /// The parameter that only `/proc` tells; nil where the kernel lacks it.
    private let slowParameter: OpenSysctl?
    /// Its value as read or set last.
    private let slowValue = Mutex<String?>(nil)
    /// Whether the namespace was found, and nothing was done about what an agent before may have told its hosts.
    private let isInherited = Atomic(false)
    /// What the agent knows to be in the kernel, as long as nobody else meddles.
    private let memory = Mutex(RouterMemoryKeeper())

    /// Everything but the table.
    struct Contents {
        var links: RouterLinks
        var addresses: [InterfaceAddress]
        var neighbourProxies: [NeighbourProxy]
        /// Those of our making, of both families and in all tables.
        var routes: [Route]
        /// Those of our making.
        var rules: [RoutingRule]
        var parameters: [NamespaceParameter: String]
    }

    private init(name: String, _ namespace: consuming NetworkNamespace, _ door: consuming RouterDoor)
        throws(NetlinkError)
    {
        identity = try namespace.identity()
        route = Mutex(door.route)
        table = Mutex(TableSocket(door.table))
        slowParameter = door.slowParameter
        self.name = name
        self.namespace = namespace
    }

    /// Opens the sockets in a namespace.
    static func open(name: String, _ namespace: consuming NetworkNamespace) throws(NetlinkError) -> RouterNamespace {
        let door = try namespace.perform { () throws(NetlinkError) in try RouterDoor() }
        let router = try RouterNamespace(name: name, namespace, door)
        router.isInherited.store(true, ordering: .relaxed)
        return router
    }

    /// Whether this is the first time since the namespace was found that this is asked; false where it was made here.
    func takeInheritance() -> Bool { isInherited.exchange(false, ordering: .relaxed) }

    /// Makes a namespace with these parameters, from a thread in the node's, whose settings it inherits.
    static func create(
        name: String,
        on node: borrowing NetworkNamespace,
        _ parameters: [NamespaceParameter: String]
    ) throws(NetlinkError) -> RouterNamespace {
        try node.makeNamespace(named: name) { (namespace: consuming NetworkNamespace) throws(NetlinkError) in
            var door = try RouterDoor()
            try door.set(parameters)
            return try RouterNamespace(name: name, namespace, door)
        }
    }

    /// Links, those that lead to this node among them, addresses and routes.
    func contents(of node: borrowing NetworkNamespace) throws(AgentError) -> Contents {
        let slow = try withKernel { () throws(NetlinkError) in try readSlowParameter() }
        return try withRoute { (route) throws(NetlinkError) in
            let links = RouterLinks(all: try route.links(), nodeID: try route.id(of: node))
            let addresses = try route.addresses()
            // Without IPv6 there can be none, and most routers are without.
            let hasIPv6 = addresses.contains { $0.interface != .loopback && $0.address.version == .v6 }
            let proxies = hasIPv6 ? try route.neighbourProxies() : []
            var parameters = try route.quickParameters()
            parameters[.slow] = slow
            return Contents(
                links: links,
                addresses: addresses,
                neighbourProxies: proxies,
                routes: try route.routes(from: .sluice),
                rules: try route.rules(from: .sluice),
                parameters: parameters
            )
        }
    }

    /// Whether a device is still there.
    func has(_ link: Link) throws(AgentError) -> Bool {
        try withRoute { (route) throws(NetlinkError) in try route.link(link.index)?.name == link.name }
    }

    /// Carries out requests; all that are not refused are carried out.
    func apply(_ requests: [RouteRequest]) throws(AgentError) {
        try withRoute { (route) throws(NetlinkError) in try route.apply(requests) }
    }

    /// The router's table as it is; changes that follow hold only if nobody else changes it before.
    func readTable() throws(AgentError) -> ObservedTranslation {
        try table.withLock { (table) throws(AgentError) in try table.read() }
    }

    /// What someone else changed since this read or wrote it, of what no notification tells.
    func unheardChange() -> HeardChange? {
        // While the table is in use here there is nothing to ask: whoever uses it will find out.
        if table.withLockIfAvailable({ table in (try? table.isForeign()) ?? true }) == true { return .table }
        guard let known = slowValue.withLock({ $0 }), let present = try? slowParameter?.read() else { return nil }
        return present == known ? nil : .slowParameter
    }

    private func readSlowParameter() throws(NetlinkError) -> String? {
        // Of a kernel without it, what was wanted last is true enough.
        guard let value = try slowParameter?.read() else { return slowValue.withLock { $0 } }
        slowValue.withLock { $0 = value }
        return value
    }

    /// Makes the table anew, or changes its maps; all at once or not at all.
    func commit(_ change: TableCommit) throws(AgentError) {
        try table.withLock { (table) throws(AgentError) in try table.commit(change) }
    }

    private func withRoute<Result>(
        _ body: (inout RouteSocket) throws(NetlinkError) -> sending Result
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

extension RouterNamespace {
    /// Lends what is known to be in the kernel; who finds that it is not so sets it to nil.
    func withMemory<Result: Sendable>(_ body: (inout RouterMemory?) -> Result) -> Result {
        memory.withLock { body(&$0.memory) }
    }

    /// From now on nothing is known of what is in the kernel, until it is read anew from now on.
    func doubt() { memory.withLock { $0.doubt() } }

    /// How often there was doubt: what is learnt from then on counts only if it is still so often.
    var doubts: Int { memory.withLock(\.doubts) }

    /// Notes what is in the kernel, by what was read or done since there were so many doubts.
    func remember(_ memory: RouterMemory?, since doubts: Int) {
        self.memory.withLock { $0.remember(memory, since: doubts) }
    }

    /// Sets parameters that there are.
    func set(_ values: [NamespaceParameter: String]) throws(AgentError) {
        try withKernel { () throws(NetlinkError) in
            let others = values.filter { $0.key != .slow }
            if !others.isEmpty { try namespace.perform { () throws(NetlinkError) in try others.write() } }
            guard let value = values[.slow] else { return }
            try slowParameter?.write(value)
            slowValue.withLock { $0 = value }
        }
    }

    /// Lets a device answer for addresses that are elsewhere, or not; only `/proc` has it.
    func setNeighbourProxying(_ isOn: Bool, on device: String) throws(AgentError) {
        try withKernel { () throws(NetlinkError) in
            do throws(NetlinkError) {
                try namespace.set(.neighbourProxying(on: device), to: isOn ? "1" : "0")
            } catch  where error.number == .notFound && !isOn {
                // Gone with the device, or with its IPv6.
                return
            }
        }
    }

    /// Announces an address on a device; true when it must be sent again, because receivers were too slow.
    func announce(_ announcement: Announcement, on index: InterfaceIndex) throws(NetlinkError) -> Bool {
        try packets.withLock { (packets) throws(NetlinkError) in
            if packets == nil { packets = try namespace.perform { () throws(NetlinkError) in try PacketSocket() } }
            return try packets?.send(announcement, on: index) == .retryLater
        }
    }

    /// Opens the socket by which hosts are told of the router, and lets what they ask be heard.
    func startAdvertising(heardBy watch: SolicitationWatch, as token: UInt64) throws(NetlinkError) {
        try advertisements.withLock { (socket) throws(NetlinkError) in
            let opened = try namespace.perform { () throws(NetlinkError) in try AdvertisementSocket() }
            try watch.add(opened, as: token)
            socket = consume opened
        }
    }

    /// Closes that socket.
    func stopAdvertising() { advertisements.withLock { $0 = nil } }

    /// Tells all hosts on a device, or one.
    func send(
        _ advertisement: AdvertisementPlan,
        to receiver: IPv6Address?,
        on interface: InterfaceIndex
    ) throws(NetlinkError) {
        try advertisements.withLock { (socket) throws(NetlinkError) in
            try socket?.send(advertisement.content, from: advertisement.source, to: receiver, on: interface)
        }
    }

    /// Tells all hosts on some devices once, through a socket for this alone; a device that is down hears nothing.
    func sendOnce(_ devices: [(interface: InterfaceIndex, plan: AdvertisementPlan)]) throws(NetlinkError) {
        let socket = try namespace.perform { () throws(NetlinkError) in try AdvertisementSocket() }
        for (interface, plan) in devices {
            try? socket.send(plan.content, from: plan.source, on: interface)
        }
    }

    /// Who asked for routers on which interface, by so many packets at most.
    func solicitations(
        atMost count: Int
    ) throws(NetlinkError) -> [(solicitation: RouterSolicitation, interface: InterfaceIndex)] {
        try advertisements.withLock { (socket) throws(NetlinkError) in
            var asked: [(solicitation: RouterSolicitation, interface: InterfaceIndex)] = []
            for _ in 0..<count {
                guard let arrival = try socket?.receive() else { break }
                if case .solicitation(let solicitation, let interface) = arrival {
                    asked.append((solicitation, interface))
                }
            }
            return asked
        }
    }

    /// Ends the connections that match any of the filters.
    func endConnections(_ filters: [ConntrackFilter]) throws(NetlinkError) {
        try connections.withLock { (connections) throws(NetlinkError) in
            if connections == nil {
                connections = try namespace.perform { () throws(NetlinkError) in try ConntrackSocket() }
            }
            try connections?.delete(filters)
        }
    }
}
