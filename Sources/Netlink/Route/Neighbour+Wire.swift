internal import Addressing
internal import CLinux

extension Neighbour.State {
    /// Entered by hand; it never expires.
    public static let permanent = Neighbour.State(rawValue: UInt16(NUD_PERMANENT))
    /// Confirmed of late.
    public static let reachable = Neighbour.State(rawValue: UInt16(NUD_REACHABLE))
    /// Known, but not confirmed of late.
    public static let stale = Neighbour.State(rawValue: UInt16(NUD_STALE))
    /// Asked for in vain.
    public static let failed = Neighbour.State(rawValue: UInt16(NUD_FAILED))
}

extension Neighbour {
    /// Reads the body of an `RTM_NEWNEIGH` or `RTM_DELNEIGH`; nil for a family that is not IP.
    init?(message body: RawSpan) throws(NetlinkError) {
        let fixed = try body.fixedPart(ndmsg.self)
        var address: IPAddress?
        var mac: MACAddress?
        let attributes = body.extracting(MemoryLayout<ndmsg>.size..<body.byteCount)
        try forEachAttribute(in: attributes) { (type, value) in
            if type == Int(NDA_DST) { address = IPAddress(bytes: value) }
            if type == Int(NDA_LLADDR) { mac = MACAddress(bytes: value) }
        }
        guard let address else { return nil }
        self.init(
            interface: InterfaceIndex(rawValue: fixed.ndm_ifindex),
            address: address,
            mac: mac,
            state: State(rawValue: fixed.ndm_state)
        )
    }

    private var fixedPart: ndmsg {
        var fixed = ndmsg()
        fixed.ndm_family = address.version.family
        fixed.ndm_ifindex = interface.rawValue
        fixed.ndm_state = state.rawValue
        return fixed
    }

    func writeAddition(to writer: inout MessageWriter, flags: Int32) {
        writer.message(type: RTM_NEWNEIGH, flags: NLM_F_CREATE | flags, fixedPart: fixedPart) { writer in
            writer.put(NDA_DST, bytes: address.bytes)
            if let mac { writer.put(NDA_LLADDR, bytes: mac.bytes) }
        }
    }

    func writeDeletion(to writer: inout MessageWriter, flags: Int32) {
        writer.message(type: RTM_DELNEIGH, flags: flags, fixedPart: fixedPart) { writer in
            writer.put(NDA_DST, bytes: address.bytes)
        }
    }
}
