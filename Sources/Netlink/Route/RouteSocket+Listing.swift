public import Addressing
internal import CLinux
internal import Glibc

extension RouteSocket {
    /// Lists all interfaces by number.
    ///
    /// - Throws: As every listing: `interrupted`, `timedOut`, `overrun`, `malformed`, `refused`, `system`.
    public mutating func links() throws(NetlinkError) -> [Link] {
        try socket.list(
            "list interfaces",
            type: RTM_GETLINK,
            fixedPart: ifinfomsg(),
            attributes: { $0.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS)) },
            parse: { (_, body, items) throws(NetlinkError) in
                if let link = try Link(message: body) { items.append(link) }
            }
        )
    }

    /// The interface of this name; nil when there is none.
    ///
    /// - Throws: `timedOut`, `malformed`, `refused`, `system`.
    public mutating func link(named name: String) throws(NetlinkError) -> Link? {
        try link(ifinfomsg(), what: "get interface \(name)") { $0.put(IFLA_IFNAME, text: name) }
    }

    /// The interface with this number; nil when there is none.
    ///
    /// - Throws: `timedOut`, `malformed`, `refused`, `system`.
    public mutating func link(_ index: InterfaceIndex) throws(NetlinkError) -> Link? {
        try link(ifinfomsg(index: index.rawValue), what: "get interface \(index)")
    }

    private mutating func link(
        _ fixed: ifinfomsg,
        what: @autoclosure () -> String,
        by attributes: (inout MessageWriter) -> Void = { _ in }
    ) throws(NetlinkError) -> Link? {
        do {
            return try socket.get(
                what(),
                type: RTM_GETLINK,
                fixedPart: fixed,
                attributes: { writer in
                    attributes(&writer)
                    writer.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
                },
                parse: { (_, body) throws(NetlinkError) in try Link(message: body) }
            )
        } catch  where error.number == .noDevice {
            return nil
        }
    }

    /// The name of the interface with this number, and whether it is up; nil when there is none.
    ///
    /// It takes a tenth of the time in which the kernel tells all of an interface.
    public borrowing func glance(at index: InterfaceIndex) -> (name: String, isUp: Bool)? {
        var glance = CLinux.clinux_glance()
        guard clinux_glance(socket.descriptor.rawValue, index.rawValue, &glance) else { return nil }
        let name = withUnsafeBytes(of: glance.name) { name in String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) }
        return (name, glance.is_up)
    }

    /// Lists the addresses of all interfaces, or of one.
    ///
    /// - Throws: As ``links()``; `refused` with `noDevice` when there is no such interface.
    public mutating func addresses(
        _ version: IPVersion? = nil,
        on interface: InterfaceIndex? = nil
    ) throws(NetlinkError) -> [InterfaceAddress] {
        var fixed = ifaddrmsg()
        fixed.ifa_family = version?.family ?? UInt8(AF_UNSPEC)
        fixed.ifa_index = UInt32(bitPattern: interface?.rawValue ?? 0)
        return try socket.list(
            "list addresses",
            type: RTM_GETADDR,
            fixedPart: fixed,
            parse: { (_, body, items) throws(NetlinkError) in
                if let address = try InterfaceAddress(message: body) { items.append(address) }
            }
        )
    }

    /// Lists the routes of a table, of one origin or of all.
    ///
    /// The kernel filters; it does not list the `local` table unless asked for it.
    ///
    /// - Throws: As ``links()``.
    public mutating func routes(
        _ version: IPVersion,
        in table: Route.Table = .main,
        from origin: Route.Origin? = nil
    ) throws(NetlinkError) -> [Route] {
        var fixed = rtmsg()
        fixed.rtm_family = version.family
        fixed.rtm_table = UInt8(exactly: table.rawValue) ?? UInt8(RT_TABLE_UNSPEC.rawValue)
        fixed.rtm_protocol = origin?.rawValue ?? 0
        do {
            // An IPv6 listing of `main` may hold the kernel's own copies of other tables.
            return try routes(fixed) { writer in
                if fixed.rtm_table == 0 { writer.put(RTA_TABLE.rawValue, table.rawValue) }
            }.filter { $0.table == table }
        } catch  where error.number == .notFound {
            // A table comes into being with its first route.
            return []
        }
    }

    /// Lists the routes of one origin in all tables, of both families.
    ///
    /// - Throws: As ``links()``.
    public mutating func routes(from origin: Route.Origin) throws(NetlinkError) -> [Route] {
        var fixed = rtmsg()
        fixed.rtm_protocol = origin.rawValue
        // Routes of multicast, which have origins of their own, are not filtered by it.
        return try routes(fixed).filter { $0.origin == origin }
    }

    private mutating func routes(
        _ fixed: rtmsg,
        attributes: (inout MessageWriter) -> Void = { _ in }
    ) throws(NetlinkError) -> [Route] {
        try socket.list(
            "list routes",
            type: RTM_GETROUTE,
            fixedPart: fixed,
            attributes: attributes,
            parse: { (_, body, items) throws(NetlinkError) in
                if let route = try Route(message: body) { items.append(route) }
            }
        )
    }

    /// Lists the neighbour table.
    ///
    /// - Throws: As ``links()``.
    public mutating func neighbours(_ version: IPVersion) throws(NetlinkError) -> [Neighbour] {
        var fixed = ndmsg()
        fixed.ndm_family = version.family
        return try socket.list(
            "list neighbours",
            type: RTM_GETNEIGH,
            fixedPart: fixed,
            parse: { (_, body, items) throws(NetlinkError) in
                if let neighbour = try Neighbour(message: body) { items.append(neighbour) }
            }
        )
    }

    /// The id by which this socket's namespace knows another, as in ``Link/peerNamespace``; nil when it has none yet.
    ///
    /// - Throws: `timedOut`, `malformed`, `refused`, `system`.
    public mutating func id(of namespace: borrowing NetworkNamespace) throws(NetlinkError) -> NamespaceID? {
        let descriptor = UInt32(bitPattern: namespace.descriptor.rawValue)
        return try socket.get(
            "get namespace id",
            type: RTM_GETNSID,
            fixedPart: rtgenmsg(rtgen_family: UInt8(AF_UNSPEC)),
            attributes: { $0.put(NETNSA_FD, descriptor) },
            parse: { (_, body) throws(NetlinkError) in
                var id: Int32?
                // The fixed part is one byte, padded.
                guard body.byteCount >= 4 else { throw .malformed("namespace id without attributes") }
                try forEachAttribute(in: body.extracting(4..<body.byteCount)) { (type, value) in
                    if type == Int(NETNSA_NSID) { id = value.integer() }
                }
                return id.flatMap { $0 < 0 ? nil : NamespaceID(rawValue: $0) }
            }
        )
    }
}
