internal import Addressing
internal import CLinux
internal import Glibc

extension InterfaceAddress {
    /// Reads the body of an `RTM_NEWADDR` or `RTM_DELADDR`; nil for a family that is not IP.
    init?(message body: RawSpan) throws(NetlinkError) {
        let fixed = try body.fixedPart(ifaddrmsg.self)
        var local: IPAddress?
        var address: IPAddress?
        var flags = UInt32(fixed.ifa_flags)
        let attributes = body.extracting(MemoryLayout<ifaddrmsg>.size..<body.byteCount)
        try forEachAttribute(in: attributes) { (type, value) in
            switch type {
            // On a point-to-point interface IFA_ADDRESS is the other end's; IPv6 has IFA_LOCAL only there.
            case Int(IFA_LOCAL): local = IPAddress(bytes: value)
            case Int(IFA_ADDRESS): address = IPAddress(bytes: value)
            case Int(IFA_FLAGS): flags = value.integer() ?? flags
            default: break
            }
        }
        guard let address = local ?? address,
            let prefix = CIDR(address: address, prefixLength: Int(fixed.ifa_prefixlen))
        else { return nil }
        interface = InterfaceIndex(rawValue: Int32(bitPattern: fixed.ifa_index))
        self.address = prefix
        addsPrefixRoute = flags & UInt32(IFA_F_NOPREFIXROUTE) == 0
        skipsDuplicateDetection = flags & UInt32(IFA_F_NODAD) != 0
    }

    private var fixedPart: ifaddrmsg {
        var fixed = ifaddrmsg()
        fixed.ifa_family = address.version.family
        fixed.ifa_prefixlen = UInt8(address.prefixLength)
        fixed.ifa_scope = UInt8(scope.rawValue)
        fixed.ifa_index = UInt32(bitPattern: interface.rawValue)
        return fixed
    }

    private var scope: rt_scope_t {
        if address.address.isLoopback { return RT_SCOPE_HOST }
        return address.address.isLinkLocal ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE
    }

    func writeAddition(to writer: inout MessageWriter, flags: Int32) {
        writer.message(type: RTM_NEWADDR, flags: NLM_F_CREATE | flags, fixedPart: fixedPart) { writer in
            writer.put(IFA_LOCAL, bytes: address.address.bytes)
            writer.put(IFA_ADDRESS, bytes: address.address.bytes)
            if address.version == .v4, address.prefixLength < 31 {
                writer.put(IFA_BROADCAST, bytes: address.last.bytes)
            }
            let optional =
                (addsPrefixRoute ? 0 : UInt32(IFA_F_NOPREFIXROUTE))
                | (skipsDuplicateDetection ? UInt32(IFA_F_NODAD) : 0)
            if optional != 0 { writer.put(IFA_FLAGS, optional) }
        }
    }

    func writeDeletion(to writer: inout MessageWriter, flags: Int32) {
        writer.message(type: RTM_DELADDR, flags: flags, fixedPart: fixedPart) { writer in
            writer.put(IFA_LOCAL, bytes: address.address.bytes)
            writer.put(IFA_ADDRESS, bytes: address.address.bytes)
        }
    }
}

extension IPVersion {
    /// The number of the address family.
    var family: UInt8 {
        switch self {
        case .v4: UInt8(AF_INET)
        case .v6: UInt8(AF_INET6)
        }
    }
}
