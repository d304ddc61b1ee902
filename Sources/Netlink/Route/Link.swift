public import Addressing

/// A network interface as the kernel shows it.
public struct Link: Hashable, Sendable {
    /// Its number.
    public let index: InterfaceIndex
    /// Its name, at most 15 bytes.
    public let name: String
    /// What made it: `veth`, `bridge`, `dummy` …; nil for loopback and hardware.
    public let kind: String?
    /// The bridge it is a port of.
    public let master: InterfaceIndex?
    /// The other end of a veth pair, or the interface beneath; a number in the namespace `peerNamespace` says.
    public let peer: InterfaceIndex?
    /// The namespace of `peer` by the id that it has in this namespace; nil when that is this namespace itself.
    public let peerNamespace: NamespaceID?
    /// Its hardware address; nil when it is not of six octets.
    public let mac: MACAddress?
    /// The largest packet in bytes.
    public let mtu: Int
    /// Whether it was set up (`IFF_UP`).
    public let isUp: Bool
    /// Whether packets can pass: up, with a carrier (`IFF_LOWER_UP`).
    public let hasCarrier: Bool
    /// The administrator's note (`IFLA_IFALIAS`).
    public let alias: String?
    /// The group number; 0 where none was given.
    public let group: UInt32
    /// The IPv4 settings that this room sets; nil where IPv4 is not configured on the interface.
    public let ipv4: IPv4Settings?
    /// How it makes IPv6 addresses of its own; nil where IPv6 is off.
    public let ipv6AddressGeneration: IPv6AddressGeneration?
    /// Whether it answers for the addresses of ``NeighbourProxy``; false where IPv6 is off.
    public let proxiesNeighbours: Bool
}

/// The id by which one network namespace knows another; only `rtnetlink` of the former understands it.
public struct NamespaceID: RawRepresentable, Hashable, Sendable {
    /// The number, not negative.
    public let rawValue: Int32

    /// The namespace with this id.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }
}

/// The IPv4 settings of one interface, as in `/proc/sys/net/ipv4/conf/<interface>`.
///
/// A nil setting is left as it is. Source: kernel documentation, networking/ip-sysctl.
public struct IPv4Settings: Hashable, Sendable {
    /// Whether packets that arrive here are forwarded.
    public var forwarding: Bool?
    /// Which ARP requests are answered: 0 for any address of the host, 1 only for addresses of this interface.
    public var arpIgnore: Int?
    /// Which own address ARP requests bear: 2 for the best one of the interface they leave by.
    public var arpAnnounce: Int?
    /// Reverse-path filter: 0 off, 1 strict, 2 loose.
    public var reversePathFilter: Int?

    /// Settings, all left as they are where not given.
    public init(
        forwarding: Bool? = nil,
        arpIgnore: Int? = nil,
        arpAnnounce: Int? = nil,
        reversePathFilter: Int? = nil
    ) {
        self.forwarding = forwarding
        self.arpIgnore = arpIgnore
        self.arpAnnounce = arpAnnounce
        self.reversePathFilter = reversePathFilter
    }
}

/// How an interface makes its link-local and autoconfigured IPv6 addresses.
///
/// Source: linux/if_link.h.
public enum IPv6AddressGeneration: Hashable, Sendable {
    /// From the hardware address.
    case eui64
    /// Not at all: only addresses that are added by hand.
    case manual
    /// Another of the kernel's ways.
    case other(UInt8)
}
