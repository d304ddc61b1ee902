internal import CLinux

/// The header that every netlink message begins with.
///
/// Source: linux/netlink.h, `struct nlmsghdr`.
package struct MessageHeader: Hashable, Sendable {
    /// What the message is, such as `RTM_NEWLINK` or `NLMSG_ERROR`.
    package let type: Int
    /// `NLM_F_*`.
    package let flags: Int32
    /// The number of the request that this answers; 0 in notifications.
    package let sequence: UInt32
}

/// Walks the messages of a datagram in order; what they hold after the header is lent to `body`.
///
/// - Throws: `malformed` when a length leads out of the datagram, and what `body` throws.
package func forEachMessage(
    in datagram: RawSpan,
    _ body: (MessageHeader, RawSpan) throws(NetlinkError) -> Void
) throws(NetlinkError) {
    var offset = 0
    while offset + MemoryLayout<nlmsghdr>.size <= datagram.byteCount {
        let header = datagram.unsafeLoadUnaligned(fromByteOffset: offset, as: nlmsghdr.self)
        let length = Int(header.nlmsg_len)
        guard length >= MemoryLayout<nlmsghdr>.size, length <= datagram.byteCount - offset else {
            throw .malformed("message of \(length) bytes where \(datagram.byteCount - offset) are left")
        }
        try body(
            MessageHeader(
                type: Int(header.nlmsg_type),
                flags: Int32(header.nlmsg_flags),
                sequence: header.nlmsg_seq
            ),
            datagram.extracting((offset + MemoryLayout<nlmsghdr>.size)..<(offset + length))
        )
        offset += (length + 3) & ~3
    }
}

/// Walks attributes in order; the type is without `NLA_F_NESTED`.
///
/// - Throws: `malformed` when a length leads out of `attributes`, and what `body` throws.
package func forEachAttribute(
    in attributes: RawSpan,
    _ body: (Int, RawSpan) throws(NetlinkError) -> Void
) throws(NetlinkError) {
    var offset = 0
    while offset + MemoryLayout<nlattr>.size <= attributes.byteCount {
        let header = attributes.unsafeLoadUnaligned(fromByteOffset: offset, as: nlattr.self)
        let length = Int(header.nla_len)
        guard length >= MemoryLayout<nlattr>.size, length <= attributes.byteCount - offset else {
            throw .malformed("attribute of \(length) bytes where \(attributes.byteCount - offset) are left")
        }
        try body(
            Int(header.nla_type & ~UInt16(NLA_F_NESTED | NLA_F_NET_BYTEORDER)),
            attributes.extracting((offset + MemoryLayout<nlattr>.size)..<(offset + length))
        )
        offset += (length + 3) & ~3
    }
}

extension RawSpan {
    /// The number at an offset, in the byte order it has; nil when it does not fit in.
    package func integer<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int = 0,
        as type: Number.Type = Number.self
    ) -> Number? {
        guard offset >= 0, byteCount - offset >= MemoryLayout<Number>.size else { return nil }
        return unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    /// The fixed part at the beginning of a message.
    ///
    /// - Throws: `malformed` when the message is shorter.
    package func fixedPart<Value: BitwiseCopyable>(_ type: Value.Type) throws(NetlinkError) -> Value {
        guard byteCount >= MemoryLayout<Value>.size else {
            throw .malformed("message too short for \(Value.self)")
        }
        return unsafeLoadUnaligned(as: type)
    }

    /// Text up to its final NUL or the end.
    package var text: String {
        withUnsafeBytes { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
