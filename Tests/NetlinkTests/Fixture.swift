@testable import Netlink

/// Bytes written as hexadecimal numbers, each line with a comment that says what they are.
///
/// Numbers of more than one byte stand as on a little-endian machine, where netlink has the host's order.
struct Fixture: ExpressibleByStringLiteral, Equatable, CustomStringConvertible {
    let bytes: [UInt8]

    init(stringLiteral text: String) {
        bytes = text.split(separator: "\n").flatMap { line in
            line.prefix { $0 != "/" }.split(separator: " ").map { word in
                guard word.utf8.count == 2, let byte = UInt8(word, radix: 16) else {
                    preconditionFailure("\(word) is no byte")
                }
                return byte
            }
        }
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What `write` writes into a message buffer whose first message has the number 7.
    init(_ write: (inout MessageWriter) -> Void) {
        var writer = MessageWriter(firstSequence: 7, capacity: 16)
        write(&writer)
        bytes = writer.withBytes { [UInt8]($0) }
    }

    /// The body of the only message, behind its header.
    func body<Result>(_ read: (RawSpan) throws(NetlinkError) -> Result) throws(NetlinkError) -> Result? {
        var result: Result?
        try forEachMessage(in: bytes.span.bytes) { (_, body) throws(NetlinkError) in result = try read(body) }
        return result
    }

    /// The bytes, sixteen in a line.
    var description: String {
        stride(from: 0, to: bytes.count, by: 16).map { start in
            bytes[start..<min(start + 16, bytes.count)]
                .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        }.joined(separator: "\n")
    }
}
