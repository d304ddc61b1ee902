public import Addressing

/// A route.
///
/// Two values are equal when they mean the same to the kernel: what it derives by itself, as the scope, is left out.
public struct Route: Hashable, Sendable {
    /// Where packets go, without host bits; the default route is `0.0.0.0/0` or `::/0`.
    public var destination: CIDR
    /// What happens to them.
    public var action: Action
    /// The table it stands in.
    public var table: Table
    /// Who made it.
    public var origin: Origin
    /// Which of several routes to one destination is used: the smallest; nil for the kernel's default.
    public var metric: UInt32?
    /// The source address of packets that this host sends by it, where one is preferred.
    public var preferredSource: IPAddress?

    /// A route in the main table, marked as ours.
    public init(
        to destination: CIDR,
        _ action: Action,
        table: Table = .main,
        origin: Origin = .sluice,
        metric: UInt32? = nil,
        preferredSource: IPAddress? = nil
    ) {
        self.destination = destination
        self.action = action
        self.table = table
        self.origin = origin
        self.metric = metric
        self.preferredSource = preferredSource
    }

    /// A route by one gateway, which must be reachable on the interface, or by any where none is given.
    public static func via(
        _ gateway: IPAddress,
        on interface: InterfaceIndex? = nil,
        to destination: CIDR
    ) -> Route {
        Route(to: destination, .forward([NextHop(gateway: gateway, interface: interface)]))
    }

    /// A route to a network whose hosts are neighbours on the interface.
    public static func onLink(_ destination: CIDR, on interface: InterfaceIndex) -> Route {
        Route(to: destination, .forward([NextHop(gateway: nil, interface: interface)]))
    }

    /// A route that makes an address this host's own without it being an address of an interface.
    public static func local(_ address: IPAddress, on interface: InterfaceIndex) -> Route {
        Route(to: CIDR(host: address), .local(interface), table: .local)
    }

    /// What happens to packets.
    public enum Action: Hashable, Sendable {
        /// They go to one of these next hops; there is at least one.
        case forward([NextHop])
        /// They are for this host, as if the interface had the address.
        case local(InterfaceIndex)
        /// They vanish.
        case blackhole
        /// They are refused with ICMP host unreachable.
        case unreachable
    }

    /// A routing table's number.
    ///
    /// Source: linux/rtnetlink.h, `rt_class_t`.
    public struct Table: RawRepresentable, Hashable, Sendable {
        /// The number.
        public let rawValue: UInt32

        /// The table with this number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }
    }

    /// Who made a route (`rtm_protocol`); values from 4 on mean nothing to the kernel.
    ///
    /// Source: linux/rtnetlink.h.
    public struct Origin: RawRepresentable, Hashable, Sendable {
        /// The number.
        public let rawValue: UInt8

        /// The origin with this number.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// This project: a number that no other routing program claims (`ip route` shows `proto 83`).
        public static let sluice = Origin(rawValue: 83)
    }
}

/// A router to which packets are passed, or the link on which their receivers are.
public struct NextHop: Hashable, Sendable {
    /// The router's address; nil when the receivers themselves are neighbours.
    public var gateway: IPAddress?
    /// The interface; nil to let the kernel find it by the gateway.
    public var interface: InterfaceIndex?
    /// The share of flows among several next hops, 1…256.
    public var weight: Int
    /// Whether the gateway is a neighbour on the interface though no route says so.
    public var isOnLink: Bool

    /// A next hop.
    public init(gateway: IPAddress?, interface: InterfaceIndex?, weight: Int = 1, isOnLink: Bool = false) {
        self.gateway = gateway
        self.interface = interface
        self.weight = weight
        self.isOnLink = isOnLink
    }
}
