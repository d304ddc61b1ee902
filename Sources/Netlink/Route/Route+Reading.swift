internal import Addressing
internal import CLinux
internal import Glibc

extension Route {
    /// Reads the body of an `RTM_NEWROUTE` or `RTM_DELROUTE`; nil for what this room has no value for, as the routes
    /// of multicast and the kernel's route cache.
    init?(message body: RawSpan) throws(NetlinkError) {
        let fixed = try body.fixedPart(rtmsg.self)
        let version: IPVersion
        switch Int32(fixed.rtm_family) {
        case AF_INET: version = .v4
        case AF_INET6: version = .v6
        default: return nil
        }
        guard fixed.rtm_flags & UInt32(RTM_F_CLONED) == 0 else { return nil }
        var fields = RouteFields(flags: fixed.rtm_flags)
        let attributes = body.extracting(MemoryLayout<rtmsg>.size..<body.byteCount)
        try forEachAttribute(in: attributes) { (type, value) throws(NetlinkError) in
            try fields.read(type, value)
        }
        guard let action = fields.action(type: Int(fixed.rtm_type)),
            let destination = CIDR(
                address: fields.destination ?? .any(version),
                prefixLength: Int(fixed.rtm_dst_len)
            )
        else { return nil }
        self.init(
            to: destination,
            action,
            table: Table(rawValue: fields.table ?? UInt32(fixed.rtm_table)),
            origin: Origin(rawValue: fixed.rtm_protocol),
            metric: fields.metric,
            preferredSource: fields.preferredSource
        )
        if version == .v6, metric == Self.defaultIPv6Metric { metric = nil }
    }

    /// What the kernel writes where an IPv6 route was made without a metric.
    ///
    /// Source: linux/ipv6_route.h, `IP6_RT_PRIO_USER`.
    private static let defaultIPv6Metric: UInt32 = 1024
}

/// The attributes of a route message as they come.
private struct RouteFields {
    var flags: UInt32
    var destination: IPAddress?
    var table: UInt32?
    var metric: UInt32?
    var preferredSource: IPAddress?
    var interface: InterfaceIndex?
    var gateway: IPAddress?
    var hops: [NextHop] = []

    init(flags: UInt32) {
        self.flags = flags
    }

    mutating func read(_ type: Int, _ value: RawSpan) throws(NetlinkError) {
        switch type {
        case Int(RTA_DST.rawValue): destination = IPAddress(bytes: value)
        case Int(RTA_TABLE.rawValue): table = value.integer()
        case Int(RTA_PRIORITY.rawValue): metric = value.integer()
        case Int(RTA_PREFSRC.rawValue): preferredSource = IPAddress(bytes: value)
        case Int(RTA_OIF.rawValue): interface = value.integer().map(InterfaceIndex.init(rawValue:))
        case Int(RTA_GATEWAY.rawValue): gateway = IPAddress(bytes: value)
        case Int(RTA_VIA.rawValue): gateway = Self.gateway(ofOtherFamily: value)
        case Int(RTA_MULTIPATH.rawValue): try readHops(value)
        default: break
        }
    }

    func action(type: Int) -> Route.Action? {
        switch type {
        case Int(RTN_UNICAST):
            guard hops.isEmpty else { return .forward(hops) }
            let isOnLink = flags & UInt32(RTNH_F_ONLINK) != 0
            return .forward([NextHop(gateway: gateway, interface: interface, isOnLink: isOnLink)])
        case Int(RTN_LOCAL): return interface.map(Route.Action.local)
        case Int(RTN_BLACKHOLE): return .blackhole
        case Int(RTN_UNREACHABLE): return .unreachable
        default: return nil
        }
    }

    /// `struct rtvia`: a family of two bytes, then the address.
    private static func gateway(ofOtherFamily value: RawSpan) -> IPAddress? {
        value.byteCount > 2 ? IPAddress(bytes: value.extracting(2..<value.byteCount)) : nil
    }

    private mutating func readHops(_ list: RawSpan) throws(NetlinkError) {
        var offset = 0
        let size = MemoryLayout<rtnexthop>.size
        while offset + size <= list.byteCount {
            let header = list.unsafeLoadUnaligned(fromByteOffset: offset, as: rtnexthop.self)
            let length = Int(header.rtnh_len)
            guard length >= size, length <= list.byteCount - offset else {
                throw .malformed("next hop of \(length) bytes where \(list.byteCount - offset) are left")
            }
            var hop = NextHop(
                gateway: nil,
                interface: InterfaceIndex(rawValue: header.rtnh_ifindex),
                weight: Int(header.rtnh_hops) + 1,
                isOnLink: Int(header.rtnh_flags) & Int(RTNH_F_ONLINK) != 0
            )
            let attributes = list.extracting((offset + size)..<(offset + length))
            try forEachAttribute(in: attributes) { (type, value) in
                if type == Int(RTA_GATEWAY.rawValue) { hop.gateway = IPAddress(bytes: value) }
                if type == Int(RTA_VIA.rawValue) { hop.gateway = Self.gateway(ofOtherFamily: value) }
            }
            hops.append(hop)
            offset += (length + 3) & ~3
        }
    }
}
