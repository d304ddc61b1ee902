internal import CLinux
internal import Glibc

/// A change that the kernel reports, whoever made it.
public enum RouteEvent: Hashable, Sendable {
    /// An interface came or changed.
    case link(Link)
    /// An interface went.
    case linkDeleted(Link)
    /// An address came or changed.
    case address(InterfaceAddress)
    /// An address went.
    case addressDeleted(InterfaceAddress)
    /// A route came or changed.
    case route(Route)
    /// A route went.
    case routeDeleted(Route)
    /// A rule of IPv4 that goes by a mark came.
    case rule(RoutingRule)
    /// A rule of IPv4 that goes by a mark went.
    case ruleDeleted(RoutingRule)
    /// A parameter of forwarding was set by itself, as `sysctl` does.
    case forwarding(ForwardingParameter)
    /// A namespace ended, or lost this number; the number may be given again.
    case namespaceEnded(NamespaceID)
}

/// A parameter of forwarding, of one interface or of the namespace as a whole.
public enum ForwardingParameter: Hashable, Sendable {
    /// Whether packets are forwarded.
    case forwarding(Bool)
    /// The reverse-path filter: 0 off, 1 strict, 2 loose.
    case reversePathFilter(Int)
    /// Whether what is elsewhere is answered for: `proxy_ndp`, or `proxy_arp`.
    case neighbourProxying(Bool)
}

/// Listens for changes of links, addresses, routes and rules of routing.
public struct RouteEvents: ~Copyable, Sendable {
    private let socket: NetlinkSocket
    private let buffer = ReceiveBuffer.forListings

    /// What to listen for.
    public enum Topic: Hashable, Sendable, CaseIterable {
        /// Interfaces.
        case links
        /// Addresses of both families.
        case addresses
        /// Routes of both families.
        case routes
        /// Rules of routing of IPv4.
        case rules
        /// Parameters of forwarding, of both families.
        case forwarding
        /// The numbers by which this namespace knows others.
        case namespaces
    }

    /// What came within one wait.
    public enum News: Sendable {
        /// Changes in their order, with the namespace they happened in, where that is not the socket's own.
        case events([(event: RouteEvent, namespace: NamespaceID?)])
        /// Nothing, in the time allowed.
        case quiet
        /// Changes were lost, since they came faster than they were read: list everything anew.
        case lost
    }

    /// Room for the news of some thousand changes; it takes memory only when it is used.
    public static let usualRoom: Int32 = 4 << 20

    /// Listens in the calling thread's network namespace.
    ///
    /// With `fromAllNamespaces` also in all others that it has an id for, as it has for the peers of its veth pairs;
    /// one listener in the host's namespace then hears of all routers.
    ///
    /// With `ofOthers` the kernel passes over what this process asked for, as far as it says who asked, and routes that
    /// are not of our making. Where more than `room` bytes of news, as the kernel counts them, wait to be read, the
    /// rest is lost.
    ///
    /// - Throws: `system`; `fromAllNamespaces` needs CAP_NET_BROADCAST.
    public init(
        _ topics: Set<Topic> = Set(Topic.allCases),
        fromAllNamespaces: Bool = false,
        ofOthers: Bool = false,
        room: Int32 = usualRoom
    ) throws(NetlinkError) {
        let socket = try NetlinkSocket(.route)
        try socket.reserveReceiveBuffer(byteCount: room)
        if ofOthers { try socket.attach(.ofOthersRouteChanges) }
        for topic in topics {
            for group in topic.groups {
                try socket.subscribe(to: group.rawValue)
            }
        }
        if fromAllNamespaces { try socket.listenToAllNamespaces() }
        self.socket = socket
    }

    /// Waits for changes and returns those of one delivery.
    ///
    /// It blocks its thread, until the time is over (-1: never) or the wake-up was given: call it on one of its own.
    ///
    /// - Throws: `malformed`, `truncated`, `system`.
    public mutating func next(within milliseconds: Int32, or wakeUp: WakeUp? = nil) throws(NetlinkError) -> News {
        guard try socket.waitUntilReadable(milliseconds: milliseconds, or: wakeUp) else { return .quiet }
        let count: Int
        let namespace: Int32?
        do {
            (count, namespace) = try socket.receiveNews(into: buffer)
        } catch NetlinkError.overrun {
            return .lost
        }
        var events: [(event: RouteEvent, namespace: NamespaceID?)] = []
        try buffer.withBytes(count) { (bytes) throws(NetlinkError) in
            try forEachMessage(in: bytes) { (header, body) throws(NetlinkError) in
                guard let event = try RouteEvent(type: header.type, body: body) else { return }
                events.append((event, namespace.map(NamespaceID.init(rawValue:))))
            }
        }
        return .events(events)
    }
}

extension RouteEvents.Topic {
    fileprivate var groups: [rtnetlink_groups] {
        switch self {
        case .links: [RTNLGRP_LINK]
        case .addresses: [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR]
        case .routes: [RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE]
        case .rules: [RTNLGRP_IPV4_RULE]
        case .forwarding: [RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF]
        case .namespaces: [RTNLGRP_NSID]
        }
    }
}

extension RouteEvent {
    init?(type: Int, body: RawSpan) throws(NetlinkError) {
        let event: RouteEvent? =
            switch type {
            case Int(RTM_NEWLINK): try Link(message: body).map(RouteEvent.link)
            case Int(RTM_DELLINK): try Link(message: body).map(RouteEvent.linkDeleted)
            case Int(RTM_NEWADDR): try InterfaceAddress(message: body).map(RouteEvent.address)
            case Int(RTM_DELADDR): try InterfaceAddress(message: body).map(RouteEvent.addressDeleted)
            case Int(RTM_NEWROUTE): try Route(message: body).map(RouteEvent.route)
            case Int(RTM_DELROUTE): try Route(message: body).map(RouteEvent.routeDeleted)
            case Int(RTM_NEWRULE): try RoutingRule(message: body).map(RouteEvent.rule)
            case Int(RTM_DELRULE): try RoutingRule(message: body).map(RouteEvent.ruleDeleted)
            case Int(RTM_NEWNETCONF): try ForwardingParameter(message: body).map(RouteEvent.forwarding)
            case Int(RTM_DELNSID): try NamespaceID(message: body).map(RouteEvent.namespaceEnded)
            default: nil
            }
        guard let event else { return nil }
        self = event
    }
}

extension NetlinkSocket {
    /// Joins a group of notifications.
    ///
    /// - Throws: `system`.
    package func subscribe(to group: UInt32) throws(NetlinkError) {
        try descriptor.set(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)
    }

    /// Hears the notifications of all namespaces for which this socket's one has an id.
    ///
    /// - Throws: `system`; it needs CAP_NET_BROADCAST.
    package func listenToAllNamespaces() throws(NetlinkError) {
        try descriptor.set(SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, Int32(1))
    }

    /// Whether something can be received within the time; false too once the wake-up was given.
    ///
    /// - Throws: `system`.
    package func waitUntilReadable(milliseconds: Int32, or wakeUp: WakeUp? = nil) throws(NetlinkError) -> Bool {
        try WakeUp.wait(for: descriptor, milliseconds: milliseconds, or: wakeUp)
    }
}

extension ForwardingParameter {
    /// Reads the body of an `RTM_NEWNETCONF`; nil for what a new interface begins with, which comes all in one.
    ///
    /// Source: linux/netconf.h, `struct netconfmsg`.
    init?(message body: RawSpan) throws(NetlinkError) {
        var parameters: [ForwardingParameter] = []
        var concernsLaterInterfacesOnly = false
        try forEachAttribute(in: body.extracting(4..<max(body.byteCount, 4))) { (type, value) in
            guard let number = value.integer(as: Int32.self) else { return }
            switch type {
            case Int(NETCONFA_IFINDEX): concernsLaterInterfacesOnly = number == NETCONFA_IFINDEX_DEFAULT
            case Int(NETCONFA_FORWARDING): parameters.append(.forwarding(number != 0))
            case Int(NETCONFA_RP_FILTER): parameters.append(.reversePathFilter(Int(number)))
            case Int(NETCONFA_PROXY_NEIGH): parameters.append(.neighbourProxying(number != 0))
            default: break
            }
        }
        guard parameters.count == 1, !concernsLaterInterfacesOnly else { return nil }
        self = parameters[0]
    }
}

extension NamespaceID {
    /// Reads the body of an `RTM_DELNSID`.
    ///
    /// Source: linux/net_namespace.h; the fixed part is a `struct rtgenmsg`, padded to four bytes.
    init?(message body: RawSpan) throws(NetlinkError) {
        var number: Int32?
        try forEachAttribute(in: body.extracting(4..<max(body.byteCount, 4))) { (type, value) in
            if type == Int(NETNSA_NSID) { number = value.integer() }
        }
        guard let number, number >= 0 else { return nil }
        rawValue = number
    }
}
