internal import Addressing
internal import CLinux
internal import Glibc

extension Link {
    /// Reads the body of an `RTM_NEWLINK` or `RTM_DELLINK`; nil for what is not an interface, as a bridge's own view
    /// of its port.
    init?(message body: RawSpan) throws(NetlinkError) {
        let fixed = try body.fixedPart(ifinfomsg.self)
        guard fixed.ifi_family == UInt8(AF_UNSPEC) else { return nil }
        var fields = LinkFields()
        let attributes = body.extracting(MemoryLayout<ifinfomsg>.size..<body.byteCount)
        try forEachAttribute(in: attributes) { (type, value) throws(NetlinkError) in
            try fields.read(type, value)
        }
        index = InterfaceIndex(rawValue: fixed.ifi_index)
        name = fields.name
        kind = fields.kind
        master = fields.master
        peer = fields.peer
        peerNamespace = fields.peerNamespace
        mac = fields.mac
        mtu = fields.mtu
        isUp = fixed.ifi_flags & UInt32(IFF_UP) != 0
        hasCarrier = fixed.ifi_flags & Self.lowerUp != 0
        alias = fields.alias
        group = fields.group
        ipv4 = fields.ipv4
        ipv6AddressGeneration = fields.ipv6AddressGeneration
        proxiesNeighbours = fields.proxiesNeighbours
    }

    /// `IFF_LOWER_UP`, which Glibc's net/if.h, unlike linux/if.h, does not have.
    private static let lowerUp: UInt32 = 1 << 16
}

/// The attributes of a link message as they come.
private struct LinkFields {
    var name = ""
    var kind: String?
    var master: InterfaceIndex?
    var peer: InterfaceIndex?
    var peerNamespace: NamespaceID?
    var mac: MACAddress?
    var mtu = 0
    var alias: String?
    var group: UInt32 = 0
    var ipv4: IPv4Settings?
    var ipv6AddressGeneration: IPv6AddressGeneration?
    var proxiesNeighbours = false

    mutating func read(_ type: Int, _ value: RawSpan) throws(NetlinkError) {
        switch type {
        case Int(IFLA_IFNAME): name = value.text
        case Int(IFLA_MASTER): master = value.integer().map(InterfaceIndex.init(rawValue:))
        case Int(IFLA_LINK): peer = value.integer().map(InterfaceIndex.init(rawValue:))
        case Int(IFLA_LINK_NETNSID): peerNamespace = value.integer().map(NamespaceID.init(rawValue:))
        case Int(IFLA_ADDRESS): mac = MACAddress(bytes: value)
        case Int(IFLA_MTU): mtu = value.integer(as: UInt32.self).map(Int.init) ?? 0
        case Int(IFLA_IFALIAS): alias = value.text
        case Int(IFLA_GROUP): group = value.integer() ?? 0
        case Int(IFLA_LINKINFO): try readKind(value)
        case Int(IFLA_AF_SPEC): try readFamilies(value)
        default: break
        }
    }

    private mutating func readKind(_ information: RawSpan) throws(NetlinkError) {
        try forEachAttribute(in: information) { (type, value) in
            if type == Int(IFLA_INFO_KIND) { kind = value.text }
        }
    }

    private mutating func readFamilies(_ families: RawSpan) throws(NetlinkError) {
        try forEachAttribute(in: families) { (family, attributes) throws(NetlinkError) in
            try forEachAttribute(in: attributes) { (type, value) in
                if family == Int(AF_INET), type == Int(IFLA_INET_CONF) { ipv4 = IPv4Settings(listing: value) }
                guard family == Int(AF_INET6) else { return }
                if type == Int(IFLA_INET6_ADDR_GEN_MODE) {
                    ipv6AddressGeneration = value.integer(as: UInt8.self).map(IPv6AddressGeneration.init(wire:))
                }
                // The array of all settings: unlike that of IPv4, it begins with number 0.
                if type == Int(IFLA_INET6_CONF) {
                    proxiesNeighbours = value.integer(at: Int(DEVCONF_PROXY_NDP) * 4, as: Int32.self) ?? 0 != 0
                }
            }
        }
    }
}

extension IPv4Settings {
    /// Reads the array of all settings that the kernel lists; setting `n` stands at position `n - 1`.
    fileprivate init(listing: RawSpan) {
        func setting(_ number: Int) -> Int? {
            listing.integer(at: (number - 1) * 4, as: Int32.self).map(Int.init)
        }
        forwarding = setting(Int(IPV4_DEVCONF_FORWARDING)).map { $0 != 0 }
        arpIgnore = setting(Int(IPV4_DEVCONF_ARP_IGNORE))
        arpAnnounce = setting(Int(IPV4_DEVCONF_ARP_ANNOUNCE))
        reversePathFilter = setting(Int(IPV4_DEVCONF_RP_FILTER))
    }

    /// Writes those that are to change.
    func write(to writer: inout MessageWriter) {
        let settings: [(Int, Int?)] = [
            (Int(IPV4_DEVCONF_FORWARDING), forwarding.map { $0 ? 1 : 0 }),
            (Int(IPV4_DEVCONF_RP_FILTER), reversePathFilter),
            (Int(IPV4_DEVCONF_ARP_IGNORE), arpIgnore),
            (Int(IPV4_DEVCONF_ARP_ANNOUNCE), arpAnnounce),
        ]
        writer.nest(AF_INET) { writer in
            writer.nest(IFLA_INET_CONF) { writer in
                for case (let number, let value?) in settings { writer.put(number, UInt32(clamping: value)) }
            }
        }
    }
}

extension IPv6AddressGeneration {
    init(wire: UInt8) {
        switch Int(wire) {
        case Int(IN6_ADDR_GEN_MODE_EUI64.rawValue): self = .eui64
        case Int(IN6_ADDR_GEN_MODE_NONE.rawValue): self = .manual
        default: self = .other(wire)
        }
    }

    var wire: UInt8 {
        switch self {
        case .eui64: UInt8(IN6_ADDR_GEN_MODE_EUI64.rawValue)
        case .manual: UInt8(IN6_ADDR_GEN_MODE_NONE.rawValue)
        case .other(let mode): mode
        }
    }
}
