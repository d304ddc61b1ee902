internal import GRPCCore

/// Cuts the octets of a stream into gRPC messages.
///
/// Each message is one flag octet (0: not compressed), a length of four octets, high first, and as many octets.
/// Holds one unfinished message; room for it grows as octets arrive, never by the length alone that a peer claims.
/// Source: gRPC over HTTP/2, section "Length-Prefixed-Message".
struct MessageDeframer {
    /// A message that cannot be taken; the stream is of no more use.
    enum Fault: Error, Equatable {
        case compressed
        case badFlag(UInt8)
        case tooLong(length: Int, limit: Int)
    }

    static let prefixLength = 5
    private static let firstRoom = 64 * 1024

    /// Longest message taken.
    let limit: Int
    private var prefix = [5 of UInt8](repeating: 0)
    private var prefixFilled = 0
    private var length = 0
    private var body: [UInt8] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// Octets of an unfinished message held, its prefix included.
    var heldBytes: Int { prefixFilled + body.count }

    /// Takes the next octets and hands over each message they finish, in order.
    ///
    /// - Throws: ``Fault`` at the first octet that shows the message cannot be taken; nothing of it is handed over.
    mutating func take(_ chunk: RawSpan, deliver: ([UInt8]) -> Void) throws(Fault) {
        var position = 0
        while position < chunk.byteCount {
            if prefixFilled < Self.prefixLength {
                if prefixFilled == 0, chunk.byteCount - position >= Self.prefixLength {
                    for index in 0..<Self.prefixLength { prefix[index] = chunk[position + index] }
                    prefixFilled = Self.prefixLength
                    position += Self.prefixLength
                } else {
                    prefix[prefixFilled] = chunk[position]
                    prefixFilled += 1
                    position += 1
                    if prefixFilled < Self.prefixLength { continue }
                }
                try readPrefix()
            }
            let wanted = min(length - body.count, chunk.byteCount - position)
            let part = chunk.extracting(position..<position + wanted)
            position += wanted
            if body.isEmpty, wanted == length {
                prefixFilled = 0
                deliver([UInt8](part))
            } else {
                keep(part)
                if body.count == length { deliver(takeBody()) }
            }
        }
        if prefixFilled == Self.prefixLength, length == 0 {
            prefixFilled = 0
            deliver([])
        }
    }

    private mutating func readPrefix() throws(Fault) {
        switch prefix[0] {
        case 0: break
        case 1: throw .compressed
        case let flag: throw .badFlag(flag)
        }
        length = (1..<Self.prefixLength).reduce(0) { $0 << 8 | Int(prefix[$1]) }
        guard length <= limit else { throw .tooLong(length: length, limit: limit) }
    }

    private mutating func keep(_ part: RawSpan) {
        if body.isEmpty { body.reserveCapacity(min(length, Self.firstRoom)) }
        part.withUnsafeBytes { body.append(contentsOf: $0) }
    }

    private mutating func takeBody() -> [UInt8] {
        defer {
            body = []
            prefixFilled = 0
        }
        return body
    }
}

extension [UInt8] {
    /// A copy of `span`.
    init(_ span: RawSpan) {
        self = span.withUnsafeBytes { [UInt8]($0) }
    }
}

extension RawSpan {
    /// The octet at `offset`, which must lie within.
    subscript(offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}

extension MessageDeframer.Fault {
    /// The status with which the call ends.
    ///
    /// Source: gRPC compression, "Compression Method Asymmetry" (a compressed message without an encoding is INTERNAL).
    var status: Status {
        switch self {
        case .compressed:
            Status(code: .internalError, message: "message is compressed, but no encoding was agreed on")
        case .badFlag(let flag):
            Status(code: .internalError, message: "message begins with unknown flag \(flag)")
        case .tooLong(let length, let limit):
            Status(code: .resourceExhausted, message: "message of \(length) octets exceeds the limit of \(limit)")
        }
    }
}
