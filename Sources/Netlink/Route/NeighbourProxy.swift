public import Addressing
internal import CLinux
internal import Glibc

/// An address for which this host answers on a link though it is elsewhere, so that packets to it come here.
///
/// The interface answers only while it is set to (``Sysctl/neighbourProxying(on:)``) and forwards.
public struct NeighbourProxy: Hashable, Sendable {
    /// The link on which the address is asked for.
    public var interface: InterfaceIndex
    /// The address.
    public var address: IPv6Address

    /// Answers for the address on this link.
    public init(_ address: IPv6Address, on interface: InterfaceIndex) {
        self.interface = interface
        self.address = address
    }
}

extension NeighbourProxy {
    /// Reads the body of an `RTM_NEWNEIGH`; nil for another kind of entry.
    init?(message body: RawSpan) throws(NetlinkError) {
        let fixed = try body.fixedPart(ndmsg.self)
        guard Int32(fixed.ndm_family) == AF_INET6, Int32(fixed.ndm_flags) & NTF_PROXY != 0 else { return nil }
        var address: IPv6Address?
        let attributes = body.extracting(MemoryLayout<ndmsg>.size..<body.byteCount)
        try forEachAttribute(in: attributes) { (type, value) in
            if type == Int(NDA_DST), case .v6(let target)? = IPAddress(bytes: value) { address = target }
        }
        guard let address else { return nil }
        self.init(address, on: InterfaceIndex(rawValue: fixed.ndm_ifindex))
    }

    private var fixedPart: ndmsg {
        var fixed = ndmsg()
        fixed.ndm_family = UInt8(AF_INET6)
        fixed.ndm_ifindex = interface.rawValue
        // One that is not permanent goes when the cable is out for a moment (Linux, net/core/neighbour.c).
        fixed.ndm_state = UInt16(NUD_PERMANENT)
        fixed.ndm_flags = UInt8(NTF_PROXY)
        return fixed
    }

    func writeAddition(to writer: inout MessageWriter, flags: Int32) {
        writer.message(type: RTM_NEWNEIGH, flags: NLM_F_CREATE | flags, fixedPart: fixedPart) { writer in
            writer.put(NDA_DST, bytes: address.bytes)
        }
    }

    func writeDeletion(to writer: inout MessageWriter, flags: Int32) {
        writer.message(type: RTM_DELNEIGH, flags: flags, fixedPart: fixedPart) { writer in
            writer.put(NDA_DST, bytes: address.bytes)
        }
    }
}

extension RouteSocket {
    /// Lists the IPv6 addresses that are answered for.
    ///
    /// - Throws: As ``links()``.
    public mutating func neighbourProxies() throws(NetlinkError) -> [NeighbourProxy] {
        var fixed = ndmsg()
        fixed.ndm_family = UInt8(AF_INET6)
        fixed.ndm_flags = UInt8(NTF_PROXY)
        return try socket.list(
            "list neighbour proxies",
            type: RTM_GETNEIGH,
            fixedPart: fixed,
            parse: { (_, body, items) throws(NetlinkError) in
                if let proxy = try NeighbourProxy(message: body) { items.append(proxy) }
            }
        )
    }
}

extension Sysctl {
    /// Whether an interface of this name answers for the addresses of ``NeighbourProxy``.
    public static func neighbourProxying(on interface: String) -> Sysctl {
        Sysctl(path: "net/ipv6/conf/\(interface)/proxy_ndp")
    }
}
