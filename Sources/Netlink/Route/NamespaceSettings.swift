public import Addressing
internal import CLinux

/// Settings of a family in a whole namespace, as in `/proc/sys/net/ipv4/conf/all`.
public struct NamespaceSettings: Hashable, Sendable {
    /// Whether packets are forwarded: `ip_forward`.
    public let forwarding: Bool
    /// The reverse-path filter, of which and the interface's own the stricter counts; 0 for IPv6, which has none.
    public let reversePathFilter: Int
}

extension RouteSocket {
    /// The settings of a family for all interfaces; nil where the kernel lacks the family.
    ///
    /// - Throws: `timedOut`, `malformed`, `refused`, `system`.
    public mutating func namespaceSettings(_ version: IPVersion) throws(NetlinkError) -> NamespaceSettings? {
        do {
            return try socket.get(
                "get settings of the namespace",
                type: RTM_GETNETCONF,
                fixedPart: netconfmsg(ncm_family: version.family),
                attributes: { $0.put(NETCONFA_IFINDEX, NETCONFA_IFINDEX_ALL) },
                parse: { (_, body) throws(NetlinkError) in try NamespaceSettings(message: body) }
            )
        } catch  where error.number == .notSupported || error.number == .notFound || error.number == .invalid {
            return nil
        }
    }
}

extension NamespaceSettings {
    /// Reads the body of an `RTM_NEWNETCONF`.
    ///
    /// Source: linux/netconf.h.
    init(message body: RawSpan) throws(NetlinkError) {
        var forwarding: Int32 = 0
        var filter: Int32 = 0
        // The fixed part is one byte, padded.
        guard body.byteCount >= 4 else { throw .malformed("settings without attributes") }
        try forEachAttribute(in: body.extracting(4..<body.byteCount)) { (type, value) in
            switch type {
            case Int(NETCONFA_FORWARDING): forwarding = value.integer() ?? 0
            case Int(NETCONFA_RP_FILTER): filter = value.integer() ?? 0
            default: break
            }
        }
        self.forwarding = forwarding != 0
        reversePathFilter = Int(filter)
    }
}
