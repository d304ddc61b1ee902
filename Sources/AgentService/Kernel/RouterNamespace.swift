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
    /// The parameters as read or set last; nil before the first time.
    private let knownParameters = Mutex<[NamespaceParameter: String]?>(nil)

    /// Everything but the table.
    struct Contents {
        var links: RouterLinks
        var addresses: [InterfaceAddress]
        /// Those of our making, of both families.
        var routes: [Route]
    }

    /// Opens the sockets in a namespace.
    init(name: String, _ namespace: consuming NetworkNamespace) throws(NetlinkError) {
        identity = try namespace.identity()
        route = Mutex(try namespace.perform { () throws(NetlinkError) in try RouteSocket() })
        table = Mutex(TableSocket(try namespace.perform { () throws(NetlinkError) in try NftablesSocket() }))
        self.name = name
        self.namespace = namespace
    }

    /// Links, those that lead to this node among them, addresses and routes.
    func contents(of node: borrowing NetworkNamespace) throws(AgentError) -> Contents {
        try withRoute { (route) throws(NetlinkError) in
            let links = RouterLinks(all: try route.links(), nodeID: try route.id(of: node))
            let addresses = try route.addresses()
            let routes =
                try route.routes(.v4, from: .sluice) + route.routes(.v6, from: .sluice)
                + route.routes(.v4, in: .local, from: .sluice)
            return Contents(links: links, addresses: addresses, routes: routes)
        }
    }

    /// Carries out requests; all that are not refused are carried out.
    func apply(_ requests: [RouteRequest]) throws(AgentError) {
        try withRoute { (route) throws(NetlinkError) in try route.apply(requests) }
    }

    /// The router's table as it is; changes that follow hold only if nobody else changes it before.
    func readTable() throws(AgentError) -> ObservedTranslation {
        try table.withLock { (table) throws(AgentError) in try table.read() }
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
    /// The values of the parameters that there are; read once, since each costs as much as a router's listing.
    func parameters() throws(AgentError) -> [NamespaceParameter: String] {
        if let known = knownParameters.withLock({ $0 }) { return known }
        let read = try withKernel { () throws(NetlinkError) in
            try namespace.perform { () throws(NetlinkError) in
                var values: [NamespaceParameter: String] = [:]
                for parameter in NamespaceParameter.allCases {
                    do throws(NetlinkError) {
                        values[parameter] = try Sysctl(path: parameter.rawValue).read()
                    } catch  where error.number == .notFound {
                        continue
                    }
                }
                return values
            }
        }
        knownParameters.withLock { $0 = read }
        return read
    }

    /// Sets parameters that there are.
    func set(_ values: [NamespaceParameter: String]) throws(AgentError) {
        try withKernel { () throws(NetlinkError) in
            try namespace.perform { () throws(NetlinkError) in
                for (parameter, value) in values {
                    do throws(NetlinkError) {
                        try Sysctl(path: parameter.rawValue).write(value)
                    } catch  where error.number == .notFound {
                        continue
                    }
                }
            }
        }
        knownParameters.withLock { $0?.merge(values) { $1 } }
    }

    /// Announces an address on a device; true when it must be sent again, because receivers were too slow.
    func announce(_ announcement: Announcement, on index: InterfaceIndex) throws(NetlinkError) -> Bool {
        try packets.withLock { (packets) throws(NetlinkError) in
            if packets == nil { packets = try namespace.perform { () throws(NetlinkError) in try PacketSocket() } }
            return try packets?.send(announcement, on: index) == .retryLater
        }
    }

    /// The number and the hardware address of a device; nil when there is none of this name.
    func device(named name: String) throws(NetlinkError) -> (index: InterfaceIndex, mac: MACAddress)? {
        try route.withLock { (route) throws(NetlinkError) in
            guard let link = try route.link(named: name), let mac = link.mac else { return nil }
            return (link.index, mac)
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
