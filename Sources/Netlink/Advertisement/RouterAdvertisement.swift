public import Addressing

/// What a router tells the hosts of a link, so that they configure themselves.
///
/// It always says that hosts begin with a hop limit of 64. Source: RFC 4861, section 4.2.
public struct RouterAdvertisement: Hashable, Sendable {
    /// The router's hardware address on the link.
    public var mac: MACAddress
    /// For how many seconds the router is one to send everything else to; 0: it is none, or none any more.
    public var routerLifetime: UInt16
    /// Whether addresses come from DHCPv6.
    public var hasManagedAddresses: Bool
    /// Whether other settings, such as name servers, come from DHCPv6.
    public var hasOtherSettings: Bool
    /// The largest packet of the link in bytes; not told where nil.
    public var mtu: Int?
    /// The networks of the link.
    public var prefixes: [Prefix]
    /// Servers of domain names, those that are to be used no more among them; at most 127 with one lifetime.
    public var nameServers: [NameServer]

    /// An advertisement that says nothing but for how long the router is one.
    public init(mac: MACAddress, routerLifetime: UInt16) {
        self.mac = mac
        self.routerLifetime = routerLifetime
        hasManagedAddresses = false
        hasOtherSettings = false
        mtu = nil
        prefixes = []
        nameServers = []
    }

    /// A network of the link.
    ///
    /// Source: RFC 4861, section 4.6.2.
    public struct Prefix: Hashable, Sendable {
        /// The network.
        public var network: CIDR
        /// Whether its hosts are neighbours; false says nothing about that.
        public var isOnLink: Bool
        /// Whether hosts make addresses in it by themselves.
        public var isAutonomous: Bool
        /// For how many seconds addresses in it, and its being on the link, hold.
        public var validLifetime: UInt32
        /// For how many seconds new connections may begin from such addresses.
        public var preferredLifetime: UInt32

        /// A network that is on the link.
        public init(_ network: CIDR, isAutonomous: Bool, validLifetime: UInt32, preferredLifetime: UInt32) {
            self.network = network
            isOnLink = true
            self.isAutonomous = isAutonomous
            self.validLifetime = validLifetime
            self.preferredLifetime = preferredLifetime
        }
    }

    /// A server of domain names.
    ///
    /// Source: RFC 8106, section 5.1.
    public struct NameServer: Hashable, Sendable {
        /// Its address.
        public var address: IPv6Address
        /// For how many seconds it may be used; 0: no more.
        public var lifetime: UInt32

        /// A server that may be used so long.
        public init(_ address: IPv6Address, lifetime: UInt32) {
            self.address = address
            self.lifetime = lifetime
        }
    }
}

/// The question of a host which routers there are.
///
/// Source: RFC 4861, section 4.1.
public struct RouterSolicitation: Hashable, Sendable {
    /// Who asks; nil for a host that has no address yet.
    public let source: IPv6Address?
}
