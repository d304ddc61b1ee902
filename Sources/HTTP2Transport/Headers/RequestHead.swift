internal import GRPCCore

/// The header list that opens a call, read field by field, and the verdict on it.
struct RequestHead {
    /// What the server does with the call.
    enum Verdict {
        case accept(Accepted)
        /// Answered by a status alone.
        case refuse(Status)
        /// In an encoding that is not spoken: answered by status and the encodings that are.
        case refuseEncoding(Status)
        /// Not gRPC: answered by an HTTP status alone.
        case notGRPC(httpStatus: Int)
    }

    struct Accepted {
        var method: MethodDescriptor
        var metadata: Metadata
        var timeout: Duration?
    }

    private var fields: ReceivedFields
    private var method: MethodDescriptor?
    private var isPost = false
    private var isGRPC = false
    private var timeout: Duration?
    private var hasBadTimeout = false
    private var foreignEncoding: String?

    init(limit: Int) {
        fields = ReceivedFields(limit: limit)
    }

    /// Whether the peer sends far more header than it may.
    var isBomb: Bool { fields.isBomb }

    mutating func take(name: RawSpan, value: RawSpan, methods: MethodTable) {
        guard fields.admits(name: name, value: value) else { return }
        guard name.byteCount > 0, name[0] != UInt8(ascii: ":") else {
            if name.equals(":path") {
                method = methods[value]
            } else if name.equals(":method") {
                isPost = value.equals("POST")
            }
            return
        }
        takeRegular(name: name, value: value)
    }

    private mutating func takeRegular(name: RawSpan, value: RawSpan) {
        if name.equals("te") {
            return
        } else if name.equals("content-type") {
            isGRPC = value.isGRPCContentType
        } else if !name.starts(with: "grpc-") {
            fields.keep(name: name, value: value)
        } else if name.equals("grpc-timeout") {
            timeout = CallTimeout.decode(value)
            hasBadTimeout = timeout == nil
        } else if name.equals("grpc-encoding") {
            foreignEncoding = value.equals("identity") ? nil : value.text
        } else if !name.equals("grpc-accept-encoding") {
            fields.keep(name: name, value: value)
        }
    }

    var verdict: Verdict {
        if fields.isTooLarge {
            let status = Status(code: .resourceExhausted, message: "request headers exceed \(fields.limit) octets")
            return .refuse(status)
        }
        guard isPost else { return .notGRPC(httpStatus: 405) }
        guard isGRPC else { return .notGRPC(httpStatus: 415) }
        if let foreignEncoding {
            let status = Status(code: .unimplemented, message: "encoding '\(foreignEncoding)' is not supported")
            return .refuseEncoding(status)
        }
        if hasBadTimeout { return .refuse(Status(code: .internalError, message: "malformed grpc-timeout")) }
        guard let method else { return .refuse(Status(code: .unimplemented, message: "unknown method")) }
        return .accept(Accepted(method: method, metadata: fields.metadata, timeout: timeout))
    }
}

extension RawSpan {
    /// `application/grpc`, alone or with a format (`+proto`) or parameters.
    ///
    /// Source: gRPC over HTTP/2, "Content-Type".
    var isGRPCContentType: Bool {
        guard starts(with: "application/grpc") else { return false }
        guard byteCount > "application/grpc".utf8.count else { return true }
        let next = self["application/grpc".utf8.count]
        return next == UInt8(ascii: "+") || next == UInt8(ascii: ";")
    }
}
