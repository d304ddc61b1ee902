internal import CNftnl
internal import Netlink

/// What the writer's generic functions do, for the types of nftables: a generic function of another room finds out at
/// run time what it was given, which takes longer than the writing.
extension MessageWriter {
    /// Writes a message about a family.
    mutating func message(
        type: UInt32,
        flags: Int32,
        fixedPart: nfgenmsg,
        attributes: (inout MessageWriter) -> Void = { _ in }
    ) {
        let start = beginMessage(type: UInt16(type), flags: flags)
        withUnsafeBytes(of: fixedPart) { appendOctets($0) }
        attributes(&self)
        endMessage(from: start)
    }

    /// Writes an attribute that holds others.
    mutating func nest(_ type: UInt32, _ attributes: (inout MessageWriter) -> Void) {
        let start = beginAttribute(UInt16(type))
        attributes(&self)
        endAttribute(from: start)
    }

    /// Writes an attribute with a number in the byte order it has.
    mutating func put(_ type: UInt32, _ number: UInt32) {
        withUnsafeBytes(of: number) { putOctets(UInt16(type), $0) }
    }

    /// Writes an attribute of text with a final NUL.
    mutating func put(_ type: UInt32, text: String) {
        var text = text
        text.withUTF8 { putOctets(UInt16(type), UnsafeRawBufferPointer($0), andZeros: 1) }
    }
}
