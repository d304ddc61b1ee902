internal import Addressing
internal import CLinux
internal import Glibc

extension Announcement {
    /// Gratuitous ARP: sender and target are the announced address.
    ///
    /// Source: RFC 826; RFC 5227, section 3.
    func addressResolutionFrame(_ address: IPv4Address) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(42)
        frame.append(contentsOf: MACAddress.broadcast.bytes)
        frame.append(contentsOf: mac.bytes)
        frame.append(network: UInt16(ETH_P_ARP))
        frame.append(network: UInt16(ARPHRD_ETHER))
        frame.append(network: UInt16(ETH_P_IP))
        frame.append(UInt8(ETH_ALEN))
        frame.append(UInt8(address.bytes.count))
        frame.append(network: UInt16(form == .request ? ARPOP_REQUEST : ARPOP_REPLY))
        frame.append(contentsOf: mac.bytes)
        frame.append(contentsOf: address.bytes)
        // A request does not know the target's hardware address; a reply that names another than its sender's is not
        // taken for gratuitous (Linux, net/ipv4/arp.c, `arp_is_garp`).
        let target = form == .request ? [UInt8](repeating: 0, count: 6) : [UInt8](mac.bytes)
        frame.append(contentsOf: target)
        frame.append(contentsOf: address.bytes)
        return frame
    }

    /// Unsolicited neighbour advertisement to all nodes.
    ///
    /// Source: RFC 4861, sections 4.4 and 7.2.6; RFC 8200.
    func neighbourAdvertisementFrame(_ address: IPv6Address) -> [UInt8] {
        let allNodes = IPv6Address(high: 0xff02 << 48, low: 1)
        var message: [UInt8] = [136, 0, 0, 0]  // type, code, checksum
        message.append(contentsOf: [0xa0, 0, 0, 0])  // flags: router, override
        message.append(contentsOf: address.bytes)
        message.append(contentsOf: [2, 1])  // option: target link-layer address, in units of eight bytes
        message.append(contentsOf: mac.bytes)

        var pseudoHeader = [UInt8](address.bytes) + [UInt8](allNodes.bytes)
        pseudoHeader.append(contentsOf: [0, 0, UInt8(message.count >> 8), UInt8(message.count & 0xff)])
        pseudoHeader.append(contentsOf: [0, 0, 0, UInt8(IPPROTO_ICMPV6)])
        let checksum = internetChecksum(pseudoHeader + message)
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(checksum & 0xff)

        var frame: [UInt8] = [0x33, 0x33, 0, 0, 0, 1]  // the group's hardware address, RFC 2464, section 7
        frame.append(contentsOf: mac.bytes)
        frame.append(network: UInt16(ETH_P_IPV6))
        frame.append(contentsOf: [0x60, 0, 0, 0])  // version, traffic class, flow label
        frame.append(network: UInt16(message.count))
        frame.append(contentsOf: [UInt8(IPPROTO_ICMPV6), 255])  // next header, hop limit
        frame.append(contentsOf: address.bytes)
        frame.append(contentsOf: allNodes.bytes)
        frame.append(contentsOf: message)
        return frame
    }
}

/// The ones' complement of the sum of all 16-bit words.
///
/// Source: RFC 1071.
private func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        let low = index + 1 < bytes.count ? bytes[index + 1] : 0
        sum += UInt32(bytes[index]) << 8 | UInt32(low)
    }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    return ~UInt16(sum)
}

extension [UInt8] {
    fileprivate mutating func append(network number: UInt16) {
        append(UInt8(number >> 8))
        append(UInt8(number & 0xff))
    }
}
