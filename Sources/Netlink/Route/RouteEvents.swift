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
}

/// Listens for changes of links, addresses and routes.
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

    /// Listens in the calling thread's network namespace.
    ///
    /// With `fromAllNamespaces` also in all others that it has an id for, as it has for the peers of its veth pairs;
    /// one listener in the host's namespace then hears of all routers.
    ///
    /// - Throws: `system`; `fromAllNamespaces` needs CAP_NET_BROADCAST.
    public init(
        _ topics: Set<Topic> = Set(Topic.allCases),
        fromAllNamespaces: Bool = false
    ) throws(NetlinkError) {
        let socket = try NetlinkSocket(.route)
        try socket.reserveReceiveBuffer(byteCount: 4 << 20)
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
    /// It blocks its thread: call it on one of its own.
    ///
    /// - Throws: `malformed`, `truncated`, `system`.
    public mutating func next(within milliseconds: Int32) throws(NetlinkError) -> News {
        guard try socket.waitUntilReadable(milliseconds: milliseconds) else { return .quiet }
        let count: Int
        let namespace: Int32?
        do {
            (count, namespace) = try socket.receive(into: buffer)
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

    /// Whether something can be received within the time.
    ///
    /// - Throws: `system`.
    package func waitUntilReadable(milliseconds: Int32) throws(NetlinkError) -> Bool {
        var entry = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        let ready = poll(&entry, 1, milliseconds)
        if ready >= 0 { return ready > 0 }
        let error = ErrorNumber.current
        guard error.rawValue == EINTR else { throw .system(call: "poll", subject: "netlink socket", error) }
        return false
    }
}
