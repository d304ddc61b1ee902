/// An HTTP/2 frame, as octets (RFC 9113 section 4.1); for peers that misbehave on purpose.
struct Frame: Equatable {
    var type: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    enum Flag {
        static let endStream: UInt8 = 1
        static let ack: UInt8 = 1
        static let endHeaders: UInt8 = 4
    }

    var octets: [UInt8] {
        let length = payload.count
        return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags]
            + Self.number(stream) + payload
    }

    static func number(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) } }

    static func data(_ stream: UInt32, _ payload: [UInt8], ends: Bool = false) -> Frame {
        Frame(type: 0, flags: ends ? Flag.endStream : 0, stream: stream, payload: payload)
    }

    static func headers(
        _ stream: UInt32,
        _ fields: KeyValuePairs<String, String>,
        ends: Bool = false,
        whole: Bool = true
    ) -> Frame {
        let flags = (ends ? Flag.endStream : 0) | (whole ? Flag.endHeaders : 0)
        return Frame(type: 1, flags: flags, stream: stream, payload: literals(fields))
    }

    static func continuation(_ stream: UInt32, _ payload: [UInt8]) -> Frame {
        Frame(type: 9, stream: stream, payload: payload)
    }

    static func reset(_ stream: UInt32, _ code: UInt32) -> Frame {
        Frame(type: 3, stream: stream, payload: number(code))
    }

    static func settings(_ entries: [(UInt16, UInt32)] = []) -> Frame {
        let payload = entries.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] + number($1) }
        return Frame(type: 4, payload: payload)
    }

    static let settingsAck = Frame(type: 4, flags: Flag.ack)
    static let ping = Frame(type: 6, payload: [1, 2, 3, 4, 5, 6, 7, 8])

    static func goAway(_ lastStream: UInt32, _ code: UInt32, _ debug: String = "") -> Frame {
        Frame(type: 7, payload: number(lastStream) + number(code) + Array(debug.utf8))
    }

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> Frame {
        Frame(type: 8, stream: stream, payload: number(increment))
    }

    /// The fields as HPACK literals that enter no table (RFC 7541 section 6.2.2).
    static func literals(_ fields: KeyValuePairs<String, String>) -> [UInt8] {
        fields.flatMap { [0] + text($0) + text($1) }
    }

    private static func text(_ text: String) -> [UInt8] {
        var rest = text.utf8.count
        guard rest >= 127 else { return [UInt8(rest)] + Array(text.utf8) }
        var octets: [UInt8] = [127]
        rest -= 127
        while rest >= 128 {
            octets.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return octets + [UInt8(rest)] + Array(text.utf8)
    }

    /// The whole frames at the start of `octets`.
    static func parse(_ octets: [UInt8]) -> [Frame] {
        var frames: [Frame] = []
        var rest = octets[...]
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard rest.count >= 9 + length else { break }
            let stream = head[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let payload = Array(rest.dropFirst(9).prefix(length))
            frames.append(Frame(type: head[3], flags: head[4], stream: stream, payload: payload))
            rest = rest.dropFirst(9 + length)
        }
        return frames
    }

    /// The error code of a RST_STREAM or GOAWAY.
    var errorCode: UInt32? {
        switch type {
        case 3: payload.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        case 7: payload.dropFirst(4).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        default: nil
        }
    }

    /// The text of a GOAWAY.
    var debugText: String { String(decoding: payload.dropFirst(8), as: UTF8.self) }
}

extension Frame {
    /// The header list of a call of the echo service.
    static func request(_ stream: UInt32, _ method: String, timeout: String = "1H", ends: Bool = false) -> Frame {
        headers(
            stream,
            [
                ":method": "POST", ":scheme": "http", ":path": "/test.Echo/\(method)", ":authority": "test",
                "te": "trailers", "content-type": "application/grpc", "grpc-timeout": timeout,
            ],
            ends: ends
        )
    }

    /// One gRPC message in one DATA frame.
    static func message(_ stream: UInt32, _ message: [UInt8], ends: Bool = false) -> Frame {
        data(stream, [0] + number(UInt32(message.count)) + message, ends: ends)
    }
}
