internal import Addressing
internal import Netlink
internal import Nftables

/// The sockets of a router while they are being opened, on a thread that stands in its namespace.
struct RouterDoor: ~Copyable, Sendable {
    var route: RouteSocket
    let table: NftablesSocket
    /// The parameters that only `/proc` tells.
    private(set) var slowParameters: [NamespaceParameter: String] = [:]

    /// Opens the sockets in the calling thread's namespace.
    init() throws(NetlinkError) {
        let route = try RouteSocket()
        let table = try NftablesSocket()
        self.route = route
        self.table = table
    }

    /// Reads the parameters that only `/proc` tells.
    mutating func readSlowParameters() throws(NetlinkError) {
        for parameter in NamespaceParameter.allCases where !parameter.isQuick {
            do throws(NetlinkError) {
                slowParameters[parameter] = try Sysctl(path: parameter.rawValue).read()
            } catch  where error.number == .notFound {
                // A kernel without the feature lacks its parameter.
                continue
            }
        }
    }

    /// Sets the parameters that are not so already, in a namespace that was just made.
    mutating func set(_ values: [NamespaceParameter: String]) throws(NetlinkError) {
        let present = try route.quickParameters()
        try values.filter { present[$0.key] != $0.value }.write()
        slowParameters = values.filter { !$0.key.isQuick }
    }
}

extension NamespaceParameter {
    /// Whether netlink tells it: `/proc` takes a hundred times as long where there are many namespaces.
    var isQuick: Bool {
        switch self {
        case .ipv4Forwarding, .reversePathFilter, .ipv6Forwarding: true
        case .conntrackTCPIsLiberal: false
        }
    }
}

extension RouteSocket {
    /// The parameters that netlink tells.
    mutating func quickParameters() throws(NetlinkError) -> [NamespaceParameter: String] {
        var values: [NamespaceParameter: String] = [:]
        if let ipv4 = try namespaceSettings(.v4) {
            values[.ipv4Forwarding] = ipv4.forwarding ? "1" : "0"
            values[.reversePathFilter] = "\(ipv4.reversePathFilter)"
        }
        if let ipv6 = try namespaceSettings(.v6) { values[.ipv6Forwarding] = ipv6.forwarding ? "1" : "0" }
        return values
    }
}

extension [NamespaceParameter: String] {
    /// Writes all that there are in the calling thread's namespace.
    func write() throws(NetlinkError) {
        for (parameter, value) in self {
            do throws(NetlinkError) {
                try Sysctl(path: parameter.rawValue).write(value)
            } catch  where error.number == .notFound {
                continue
            }
        }
    }
}
