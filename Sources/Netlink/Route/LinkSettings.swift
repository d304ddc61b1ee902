public import Addressing

/// Changes to an interface; what is nil stays as it is.
public struct LinkSettings: Hashable, Sendable {
    /// Whether it is up.
    public var isUp: Bool?
    /// A new name, at most 15 bytes; most interfaces must be down for it.
    public var name: String?
    /// The largest packet in bytes.
    public var mtu: Int?
    /// The hardware address.
    public var mac: MACAddress?
    /// The bridge to be a port of, or none.
    public var master: Master?
    /// A note for the administrator.
    public var alias: String?
    /// IPv4 settings.
    public var ipv4: IPv4Settings?
    /// How IPv6 addresses are made.
    public var ipv6AddressGeneration: IPv6AddressGeneration?

    /// Changes nothing but what is given.
    public init(
        isUp: Bool? = nil,
        master: Master? = nil,
        ipv4: IPv4Settings? = nil,
        ipv6AddressGeneration: IPv6AddressGeneration? = nil
    ) {
        self.isUp = isUp
        self.master = master
        self.ipv4 = ipv4
        self.ipv6AddressGeneration = ipv6AddressGeneration
    }

    /// What an interface may be subordinate to.
    public enum Master: Hashable, Sendable {
        /// The bridge with this number.
        case bridge(InterfaceIndex)
        /// No bridge: it is released from the one whose port it was.
        case noBridge
    }

    /// What a router's interface needs: up, forwarding, and no ARP for the router's other addresses.
    ///
    /// It makes no IPv6 address of its own, which saves duplicate detection; add its link-local address by hand.
    public static let routerInterface = LinkSettings(
        isUp: true,
        ipv4: IPv4Settings(forwarding: true, arpIgnore: 1, arpAnnounce: 2),
        ipv6AddressGeneration: .manual
    )
}

/// A pair of virtual interfaces joined by a cable, one end here and the other in a namespace.
///
/// The kernel makes both where they belong: a move between namespaces would cost 17 ms each.
public struct VethPair: Hashable, Sendable {
    /// The end in the namespace of the socket; it is up from the beginning.
    public var host: HostEnd
    /// The end in the other namespace; it is down.
    public var peer: PeerEnd

    /// A pair with these ends.
    public init(host: HostEnd, peer: PeerEnd) {
        self.host = host
        self.peer = peer
    }

    /// The end here.
    public struct HostEnd: Hashable, Sendable {
        /// Its name, at most 15 bytes.
        public var name: String
        /// The bridge whose port it becomes.
        public var master: InterfaceIndex?
        /// Its hardware address; the kernel chooses one where none is given.
        public var mac: MACAddress?
        /// The largest packet in bytes, 1500 where not given.
        public var mtu: Int?
        /// A note for the administrator.
        public var alias: String?

        /// An end of this name, a port of the bridge.
        public init(
            name: String,
            master: InterfaceIndex? = nil,
            mac: MACAddress? = nil,
            mtu: Int? = nil,
            alias: String? = nil
        ) {
            self.name = name
            self.master = master
            self.mac = mac
            self.mtu = mtu
            self.alias = alias
        }
    }

    /// The end over there.
    public struct PeerEnd: Hashable, Sendable {
        /// Its name, at most 15 bytes.
        public var name: String
        /// Its number, which must be free there; the kernel chooses one where none is given.
        public var index: InterfaceIndex?
        /// Its hardware address; the kernel chooses one where none is given.
        public var mac: MACAddress?
        /// The largest packet in bytes, 1500 where not given.
        public var mtu: Int?

        /// An end of this name.
        public init(name: String, index: InterfaceIndex? = nil, mac: MACAddress? = nil, mtu: Int? = nil) {
            self.name = name
            self.index = index
            self.mac = mac
            self.mtu = mtu
        }
    }
}

/// A bridge to be made; it is up from the beginning.
public struct Bridge: Hashable, Sendable {
    /// Its name, at most 15 bytes.
    public var name: String
    /// Its hardware address; the kernel chooses one where none is given.
    public var mac: MACAddress?
    /// The largest packet in bytes, 1500 where not given.
    public var mtu: Int?

    /// A bridge of this name.
    public init(name: String, mac: MACAddress? = nil, mtu: Int? = nil) {
        self.name = name
        self.mac = mac
        self.mtu = mtu
    }
}
