package import Addressing
internal import CLinux
internal import Glibc

extension RouterAdvertisement {
    /// The message of ICMPv6, with a checksum of zero: a raw socket fills it in.
    package var message: [UInt8] {
        var message: [UInt8] = [UInt8(ND_ROUTER_ADVERT), 0, 0, 0]
        message.append(64)  // the hop limit that hosts begin with
        message.append(
            (hasManagedAddresses ? UInt8(ND_RA_FLAG_MANAGED) : 0) | (hasOtherSettings ? UInt8(ND_RA_FLAG_OTHER) : 0)
        )
        message.append(network: routerLifetime)
        message.append(network: UInt32(0))  // how long neighbours count as reachable: for the hosts to say
        message.append(network: UInt32(0))  // how often they ask for one: the same
        message.append(contentsOf: [UInt8(ND_OPT_SOURCE_LINKADDR), 1])
        message.append(contentsOf: mac.bytes)
        if let mtu {
            message.append(contentsOf: [UInt8(ND_OPT_MTU), 1, 0, 0])
            message.append(network: UInt32(clamping: mtu))
        }
        for prefix in prefixes { message.append(prefix) }
        // An option has one lifetime for all its servers.
        let lifetimes = nameServers.map(\.lifetime)
        for lifetime in Set(lifetimes).sorted(by: >) {
            message.append(nameServers.filter { $0.lifetime == lifetime }.map(\.address), lifetime: lifetime)
        }
        return message
    }

    /// The option's number.
    ///
    /// Source: RFC 8106, section 5.1; Glibc's netinet/icmp6.h does not have it.
    fileprivate static let nameServerOption: UInt8 = 25
}

extension RouterSolicitation {
    /// Reads a message of ICMPv6 whose checksum is right; nil for one that a router must pass over.
    ///
    /// Source: RFC 4861, section 6.1.1.
    package init?(message: [UInt8], from source: IPv6Address, hopLimit: Int) {
        // A packet that was forwarded has less: whoever sent this is a neighbour.
        guard hopLimit == 255, message.count >= 8, message[0] == UInt8(ND_ROUTER_SOLICIT), message[1] == 0 else {
            return nil
        }
        var offset = 8
        while offset < message.count {
            guard offset + 1 < message.count else { return nil }
            let length = Int(message[offset + 1]) * 8
            guard length > 0, offset + length <= message.count else { return nil }
            // Who has no address has no place for an answer to go to.
            if message[offset] == UInt8(ND_OPT_SOURCE_LINKADDR), source.isUnspecified { return nil }
            offset += length
        }
        self.source = source.isUnspecified ? nil : source
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ prefix: RouterAdvertisement.Prefix) {
        append(contentsOf: [UInt8(ND_OPT_PREFIX_INFORMATION), 4, UInt8(prefix.network.prefixLength)])
        let flags = (prefix.isOnLink ? ND_OPT_PI_FLAG_ONLINK : 0) | (prefix.isAutonomous ? ND_OPT_PI_FLAG_AUTO : 0)
        append(UInt8(flags))
        append(network: prefix.validLifetime)
        append(network: prefix.preferredLifetime)
        append(network: UInt32(0))  // reserved
        append(contentsOf: prefix.network.first.bytes)
    }

    fileprivate mutating func append(_ nameServers: [IPv6Address], lifetime: UInt32) {
        // The length, in units of eight bytes, is one byte.
        let told = nameServers.prefix(127)
        append(contentsOf: [RouterAdvertisement.nameServerOption, UInt8(1 + told.count * 2), 0, 0])
        append(network: lifetime)
        for address in told { append(contentsOf: address.bytes) }
    }

    private mutating func append(networkBytes number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(network number: UInt16) { append(networkBytes: number) }

    fileprivate mutating func append(network number: UInt32) { append(networkBytes: number) }
}
