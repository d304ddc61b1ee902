internal import Addressing
internal import Netlink
internal import Nftables

/// The sockets of a router while they are being opened, on a thread that stands in its namespace.
struct RouterDoor: ~Copyable, Sendable {
    var route: RouteSocket
    let table: NftablesSocket
    /// The parameter that only `/proc` tells; nil where the kernel lacks it.
    let slowParameter: OpenSysctl?

    /// Opens the sockets in the calling thread's namespace.
    init() throws(NetlinkError) {
        let route = try RouteSocket()
        // After the socket: the kernel has the parameter only where connections are tracked.
        let table = try NftablesSocket()
        do throws(NetlinkError) {
            slowParameter = try OpenSysctl(Sysctl(path: NamespaceParameter.slow.rawValue))
        } catch  where error.number == .notFound {
            slowParameter = nil
        }
        self.route = route
        self.table = table
    }

    /// Sets the parameters that are not so already, in a namespace that was just made.
    mutating func set(_ values: [NamespaceParameter: String]) throws(NetlinkError) {
        let present = try route.quickParameters()
        for (parameter, value) in values where present[parameter] != value {
            if parameter == .slow {
                try slowParameter?.write(value)
            } else {
                try [parameter: value].write()
            }
        }
    }
}

extension NamespaceParameter {
    /// The one that netlink does not tell: to find it in `/proc` takes a hundred times as long where there are many
    /// namespaces, so it is held open.
    static let slow = conntrackTCPIsLiberal
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
