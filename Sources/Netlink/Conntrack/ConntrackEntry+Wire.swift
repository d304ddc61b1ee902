internal import Addressing
internal import CLinux

/// An entry with what the kernel needs to find exactly this one again.
struct ConntrackRecord: Hashable, Sendable {
    let entry: ConntrackEntry
    /// The original tuple's attributes as the kernel wrote them.
    let originalTuple: [UInt8]
    /// Tells the entry from a later one with the same tuple.
    let id: UInt32?

    /// Reads the body of an `IPCTNL_MSG_CT_NEW`; nil without two tuples of IP.
    init?(message body: RawSpan) throws(NetlinkError) {
        var tuple: [UInt8] = []
        var original: ConntrackEntry.Tuple?
        var reply: ConntrackEntry.Tuple?
        var id: UInt32?
        _ = try body.fixedPart(nfgenmsg.self)
        let attributes = body.extracting(MemoryLayout<nfgenmsg>.size..<body.byteCount)
        try forEachAttribute(in: attributes) { (type, value) throws(NetlinkError) in
            switch type {
            case Int(CTA_TUPLE_ORIG.rawValue):
                tuple = value.withUnsafeBytes { [UInt8]($0) }
                original = try ConntrackEntry.Tuple(attributes: value)
            case Int(CTA_TUPLE_REPLY.rawValue): reply = try ConntrackEntry.Tuple(attributes: value)
            case Int(CTA_ID.rawValue): id = value.integer()
            default: break
            }
        }
        guard let original, let reply else { return nil }
        entry = ConntrackEntry(original: original, reply: reply)
        originalTuple = tuple
        self.id = id
    }

    /// Writes the request to delete it.
    func writeDeletion(to writer: inout MessageWriter) {
        writer.message(
            type: conntrackMessage(IPCTNL_MSG_CT_DELETE),
            flags: 0,
            fixedPart: nfgenmsg(family: entry.original.source.version)
        ) { writer in
            writer.put(CTA_TUPLE_ORIG.nested, bytes: originalTuple)
            if let id { writer.put(CTA_ID.rawValue, id) }
        }
    }
}

extension ConntrackEntry.Tuple {
    fileprivate init?(attributes: RawSpan) throws(NetlinkError) {
        var source: IPAddress?
        var destination: IPAddress?
        var transport: UInt8 = 0
        var ports: (source: UInt16?, destination: UInt16?)
        try forEachAttribute(in: attributes) { (part, value) throws(NetlinkError) in
            try forEachAttribute(in: value) { (type, value) in
                switch (part, type) {
                case (Int(CTA_TUPLE_IP.rawValue), Int(CTA_IP_V4_SRC.rawValue)),
                    (Int(CTA_TUPLE_IP.rawValue), Int(CTA_IP_V6_SRC.rawValue)):
                    source = IPAddress(bytes: value)
                case (Int(CTA_TUPLE_IP.rawValue), Int(CTA_IP_V4_DST.rawValue)),
                    (Int(CTA_TUPLE_IP.rawValue), Int(CTA_IP_V6_DST.rawValue)):
                    destination = IPAddress(bytes: value)
                case (Int(CTA_TUPLE_PROTO.rawValue), Int(CTA_PROTO_NUM.rawValue)):
                    transport = value.integer() ?? 0
                case (Int(CTA_TUPLE_PROTO.rawValue), Int(CTA_PROTO_SRC_PORT.rawValue)):
                    ports.source = value.integer().map(UInt16.init(bigEndian:))
                case (Int(CTA_TUPLE_PROTO.rawValue), Int(CTA_PROTO_DST_PORT.rawValue)):
                    ports.destination = value.integer().map(UInt16.init(bigEndian:))
                default: break
                }
            }
        }
        guard let source, let destination else { return nil }
        self.init(
            source: source,
            destination: destination,
            transport: transport,
            sourcePort: ports.source,
            destinationPort: ports.destination
        )
    }
}

/// The type of a conntrack message.
func conntrackMessage(_ message: cntl_msg_types) -> UInt32 {
    UInt32(NFNL_SUBSYS_CTNETLINK) << 8 | message.rawValue
}

extension nfgenmsg {
    /// The fixed part of a message of netfilter about a family.
    init(family version: IPVersion) {
        self.init()
        nfgen_family = version.family
        self.version = UInt8(NFNETLINK_V0)
    }
}
