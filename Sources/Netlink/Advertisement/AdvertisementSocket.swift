public import Addressing
internal import CLinux
internal import Glibc

/// Tells the hosts on a namespace's links which router they have, and hears them ask.
///
/// It joins no group: the kernel is a member of the routers' group on each interface that forwards IPv6, and hands a
/// raw socket what comes for any group of the namespace's.
public struct AdvertisementSocket: ~Copyable, Sendable {
    let descriptor: Descriptor

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Throws: `system`; with `notPermitted` without CAP_NET_RAW.
    public init() throws(NetlinkError) {
        let number = socket(AF_INET6, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), Int32(IPPROTO_ICMPV6))
        guard number >= 0 else { throw .system(call: "socket", subject: "ICMPv6", .current) }
        let descriptor = Descriptor(owning: number)
        try descriptor.set(Int32(IPPROTO_ICMPV6), ICMP6_FILTER, icmp6_filter.solicitationsOnly)
        let level = Int32(IPPROTO_IPV6)
        try descriptor.set(level, IPV6_RECVPKTINFO, Int32(1))
        try descriptor.set(level, IPV6_RECVHOPLIMIT, Int32(1))
        // By it hosts know that an advertisement was not forwarded.
        try descriptor.set(level, IPV6_MULTICAST_HOPS, Int32(255))
        try descriptor.set(level, IPV6_UNICAST_HOPS, Int32(255))
        try descriptor.set(level, IPV6_MULTICAST_LOOP, Int32(0))
        self.descriptor = descriptor
    }

    /// Sends an advertisement from a link-local address of the interface's, to all its hosts or to one.
    ///
    /// - Throws: `system`, as when the interface is down or does not have the address.
    public func send(
        _ advertisement: RouterAdvertisement,
        from source: IPv6Address,
        to receiver: IPv6Address? = nil,
        on interface: InterfaceIndex
    ) throws(NetlinkError) {
        var envelope = clinux_icmpv6_envelope()
        envelope.interface = interface.rawValue
        withUnsafeMutableBytes(of: &envelope.source) { $0.copyBytes(from: source.bytes) }
        let destination = receiver ?? Self.allNodes
        withUnsafeMutableBytes(of: &envelope.destination) { $0.copyBytes(from: destination.bytes) }
        let message = advertisement.message
        guard clinux_send_icmpv6(descriptor.rawValue, message, message.count, &envelope) < 0 else { return }
        throw .system(call: "sendmsg", subject: "router advertisement on interface \(interface)", .current)
    }

    /// What `receive` found.
    public enum Arrival: Hashable, Sendable {
        /// A host asks for routers on this interface.
        case solicitation(RouterSolicitation, on: InterfaceIndex)
        /// Something that must be passed over.
        case nothing
    }

    /// What came first of what is waiting; nil when nothing is.
    ///
    /// - Throws: `system`.
    public func receive() throws(NetlinkError) -> Arrival? {
        var envelope = clinux_icmpv6_envelope()
        var failure: ErrorNumber?
        let message = [UInt8](unsafeUninitializedCapacity: 1500) { buffer, count in
            let received = clinux_receive_icmpv6(descriptor.rawValue, buffer.baseAddress, buffer.count, &envelope)
            if received < 0 { failure = .current }
            count = max(received, 0)
        }
        if let failure {
            guard failure.rawValue != EAGAIN, failure.rawValue != EINTR else { return nil }
            throw .system(call: "recvmsg", subject: "ICMPv6", failure)
        }
        guard let source = withUnsafeBytes(of: envelope.source, { IPv6Address(bytes: $0) }),
            let solicitation = RouterSolicitation(
                message: message,
                from: source,
                hopLimit: Int(envelope.hop_limit)
            )
        else { return .nothing }
        return .solicitation(solicitation, on: InterfaceIndex(rawValue: envelope.interface))
    }

    /// ff02::1 (RFC 4291, section 2.7.1).
    private static let allNodes = IPv6Address(high: 0xff02 << 48, low: 1)
}

extension icmp6_filter {
    /// Passes router solicitations and nothing else; a bit that is set keeps its type out.
    fileprivate static var solicitationsOnly: icmp6_filter {
        var filter = icmp6_filter()
        withUnsafeMutableBytes(of: &filter) { bytes in
            let words = bytes.bindMemory(to: UInt32.self)
            words.update(repeating: .max)
            words[Int(ND_ROUTER_SOLICIT) >> 5] &= ~(1 << UInt32(ND_ROUTER_SOLICIT & 31))
        }
        return filter
    }
}
