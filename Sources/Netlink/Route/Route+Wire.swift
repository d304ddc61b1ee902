internal import Addressing
internal import CLinux
internal import Glibc

extension Route.Table {
    /// The table that routing begins with after `local`.
    public static let main = Route.Table(rawValue: UInt32(RT_TABLE_MAIN.rawValue))
    /// The table of this host's own addresses.
    public static let local = Route.Table(rawValue: UInt32(RT_TABLE_LOCAL.rawValue))
}

extension Route.Origin {
    /// The kernel itself, as for the network of an interface's address.
    public static let kernel = Route.Origin(rawValue: UInt8(RTPROT_KERNEL))
    /// An administrator at the command line (`ip route` without `proto`).
    public static let boot = Route.Origin(rawValue: UInt8(RTPROT_BOOT))
    /// An administrator's configuration.
    public static let `static` = Route.Origin(rawValue: UInt8(RTPROT_STATIC))
}

extension Route {
    func writeAddition(to writer: inout MessageWriter, flags: Int32) {
        write(to: &writer, type: Int(RTM_NEWROUTE), flags: NLM_F_CREATE | flags)
    }

    func writeDeletion(to writer: inout MessageWriter, flags: Int32) {
        write(to: &writer, type: Int(RTM_DELROUTE), flags: flags)
    }

    private func write(to writer: inout MessageWriter, type: Int, flags: Int32) {
        writer.message(type: type, flags: flags, fixedPart: fixedPart) { writer in
            if destination.prefixLength > 0 { writer.put(RTA_DST.rawValue, bytes: destination.address.bytes) }
            if table.rawValue > UInt32(UInt8.max) { writer.put(RTA_TABLE.rawValue, table.rawValue) }
            if let metric { writer.put(RTA_PRIORITY.rawValue, metric) }
            if let preferredSource { writer.put(RTA_PREFSRC.rawValue, bytes: preferredSource.bytes) }
            switch action {
            case .local(let interface): writer.put(RTA_OIF.rawValue, interface.rawValue)
            case .forward(let hops) where hops.count == 1: writer.put(hops[0])
            case .forward(let hops): writer.nest(RTA_MULTIPATH.rawValue) { $0.append(hops) }
            case .blackhole, .unreachable: break
            }
        }
    }

    private var fixedPart: rtmsg {
        var fixed = rtmsg()
        fixed.rtm_family = destination.version.family
        fixed.rtm_dst_len = UInt8(destination.prefixLength)
        fixed.rtm_table = UInt8(exactly: table.rawValue) ?? UInt8(RT_TABLE_UNSPEC.rawValue)
        fixed.rtm_protocol = origin.rawValue
        fixed.rtm_scope = UInt8(scope.rawValue)
        fixed.rtm_type = UInt8(type)
        if case .forward(let hops) = action, hops.count == 1, hops[0].isOnLink {
            fixed.rtm_flags = UInt32(RTNH_F_ONLINK)
        }
        return fixed
    }

    private var type: Int {
        switch action {
        case .forward: Int(RTN_UNICAST)
        case .local: Int(RTN_LOCAL)
        case .blackhole: Int(RTN_BLACKHOLE)
        case .unreachable: Int(RTN_UNREACHABLE)
        }
    }

    /// IPv4 wants to know how far the destination is; IPv6 knows only the universe.
    private var scope: rt_scope_t {
        guard destination.version == .v4 else { return RT_SCOPE_UNIVERSE }
        switch action {
        case .local: return RT_SCOPE_HOST
        case .forward(let hops) where hops.allSatisfy { $0.gateway == nil }: return RT_SCOPE_LINK
        case .forward, .blackhole, .unreachable: return RT_SCOPE_UNIVERSE
        }
    }
}

extension MessageWriter {
    fileprivate mutating func put(_ hop: NextHop) {
        if let interface = hop.interface { put(RTA_OIF.rawValue, interface.rawValue) }
        if let gateway = hop.gateway { put(RTA_GATEWAY.rawValue, bytes: gateway.bytes) }
    }

    /// Several next hops, each a header with its own length and the gateway as its attribute.
    fileprivate mutating func append(_ hops: [NextHop]) {
        for hop in hops {
            let gateway = hop.gateway?.bytes
            var header = rtnexthop()
            header.rtnh_len = UInt16(MemoryLayout<rtnexthop>.size + (gateway.map { 4 + $0.count } ?? 0))
            header.rtnh_flags = hop.isOnLink ? UInt8(RTNH_F_ONLINK) : 0
            header.rtnh_hops = UInt8(clamping: hop.weight - 1)
            header.rtnh_ifindex = hop.interface?.rawValue ?? 0
            append(header)
            if let gateway { put(RTA_GATEWAY.rawValue, bytes: gateway) }
        }
    }
}
