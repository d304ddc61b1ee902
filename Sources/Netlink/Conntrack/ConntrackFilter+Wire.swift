internal import Addressing
internal import CLinux

extension ConntrackFilter {
    /// Writes the request to delete all entries that match.
    func writeDeletion(to writer: inout MessageWriter) {
        writer.message(
            type: conntrackMessage(IPCTNL_MSG_CT_DELETE),
            flags: NLM_F_ACK,
            fixedPart: nfgenmsg(family: version)
        ) { writer in if !isUnconditional { write(to: &writer) } }
    }

    /// Writes what the kernel itself can compare: the two tuples and which of their parts count.
    func write(to writer: inout MessageWriter) {
        writer.nest(CTA_TUPLE_ORIG.nested) { writer in
            writer.putAddresses(source: originalSource, destination: originalDestination)
            guard let transport else { return }
            writer.nest(CTA_TUPLE_PROTO.nested) { writer in
                writer.put(CTA_PROTO_NUM.rawValue, transport)
                if let port = originalDestinationPort {
                    writer.put(CTA_PROTO_DST_PORT.rawValue, port.bigEndian)
                }
            }
        }
        writer.nest(CTA_TUPLE_REPLY.nested) { writer in
            writer.putAddresses(source: replySource, destination: replyDestination)
        }
        writer.nest(CTA_FILTER.nested) { writer in
            writer.put(CTA_FILTER_ORIG_FLAGS.rawValue, originalParts)
            writer.put(CTA_FILTER_REPLY_FLAGS.rawValue, replyParts)
        }
    }

    private var originalParts: UInt32 {
        (originalSource == nil ? 0 : UInt32(CLINUX_CTA_FILTER_IP_SOURCE))
            | (originalDestination == nil ? 0 : UInt32(CLINUX_CTA_FILTER_IP_DESTINATION))
            | (transport == nil ? 0 : UInt32(CLINUX_CTA_FILTER_PROTOCOL))
            | (originalDestinationPort == nil ? 0 : UInt32(CLINUX_CTA_FILTER_DESTINATION_PORT))
    }

    private var replyParts: UInt32 {
        (replySource == nil ? 0 : UInt32(CLINUX_CTA_FILTER_IP_SOURCE))
            | (replyDestination == nil ? 0 : UInt32(CLINUX_CTA_FILTER_IP_DESTINATION))
    }
}

extension MessageWriter {
    fileprivate mutating func putAddresses(source: IPAddress?, destination: IPAddress?) {
        nest(CTA_TUPLE_IP.nested) { writer in
            switch source {
            case .v4(let address): writer.put(CTA_IP_V4_SRC.rawValue, bytes: address.bytes)
            case .v6(let address): writer.put(CTA_IP_V6_SRC.rawValue, bytes: address.bytes)
            case nil: break
            }
            switch destination {
            case .v4(let address): writer.put(CTA_IP_V4_DST.rawValue, bytes: address.bytes)
            case .v6(let address): writer.put(CTA_IP_V6_DST.rawValue, bytes: address.bytes)
            case nil: break
            }
        }
    }
}

extension RawRepresentable where RawValue == UInt32 {
    /// An attribute's number with the flag that says that it holds others; conntrack insists on it.
    var nested: UInt32 { rawValue | UInt32(NLA_F_NESTED) }
}
