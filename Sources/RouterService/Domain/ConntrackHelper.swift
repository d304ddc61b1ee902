internal import ResourceModel

/// A kernel module that follows a protocol which carries addresses, at one port of a router's traffic.
struct ConntrackHelper: Hashable, Sendable {
    let id: ConntrackHelperID
    let routerID: RouterID
    var rule: Rule

    /// Which module follows what.
    struct Rule: Hashable, Sendable {
        /// The transport protocol's name.
        var transport: String
        var port: Int
        /// The module's name.
        var helper: String
    }
}

extension ConntrackHelper.Rule {
    /// The modules, with the protocols that each follows.
    ///
    /// Source: Networking API v2.0, "Routers conntrack helper".
    private static let allowed: [String: Set<String>] = [
        "amanda": ["tcp"], "ftp": ["tcp"], "h323": ["udp", "tcp"], "irc": ["tcp"], "netbios-ns": ["udp"],
        "pptp": ["tcp"], "sane": ["tcp"], "sip": ["udp", "tcp"], "snmp": ["udp"], "tftp": ["udp"],
    ]

    /// Refuses a module that there is not, and a protocol that it does not follow.
    func check() throws(RouterError) {
        guard 1...65535 ~= port else { throw .invalidInput("port \(port) is not in 1…65535") }
        guard let transports = Self.allowed[helper] else { throw .helperNotAllowed(helper) }
        guard transports.contains(transport) else { throw .helperMismatch(helper: helper, transport: transport) }
    }
}

/// What an update of a helper takes over; nil leaves the attribute as it is.
struct ConntrackHelperChange: Hashable, Sendable {
    var transport: String?
    var port: Int?
    var helper: String?

    /// The rule as it is after the change.
    func applied(to rule: ConntrackHelper.Rule) -> ConntrackHelper.Rule {
        ConntrackHelper.Rule(
            transport: transport ?? rule.transport,
            port: port ?? rule.port,
            helper: helper ?? rule.helper
        )
    }
}
