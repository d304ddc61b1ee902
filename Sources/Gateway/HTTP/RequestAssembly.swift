internal import NIOCore
internal import NIOHTTP1

/// Puts one request together from its parts, and tells what to do on the way.
struct RequestAssembly {
    private let limits: HTTPLimits
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isRefused = false

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    enum Action {
        /// The headers are complete, the body is to come.
        case expectBody
        /// More of the body is to come.
        case wait
        /// The client waits to be told that its body is wanted.
        case sendContinue
        /// The request is complete.
        case answer(ReceivedRequest)
        /// Answer with this, close, and look at nothing that still comes.
        case refuse(Fault)
        /// It belongs to a request that was refused.
        case ignore
    }

    /// Whether no request has begun.
    var isBetweenRequests: Bool { head == nil }

    mutating func receive(_ part: HTTPServerRequestPart) -> Action {
        guard !isRefused else { return .ignore }
        switch part {
        case .head(let head): return receive(head)
        case .body(let buffer): return receive(buffer)
        case .end: return end()
        }
    }

    private mutating func receive(_ head: HTTPRequestHead) -> Action {
        self.head = head
        body = []
        // Source: RFC 9112 section 3.2.
        let hosts = head.headers["Host"].count
        guard hosts == 1 || hosts == 0 && head.version != .http1_1 else {
            return refuse(.badRequest("The request must have one Host header."))
        }
        if let length = head.headers["Content-Length"].first.flatMap({ Int($0) }) {
            guard length <= limits.bodyBytes else { return refuse(.tooLarge(limits.bodyBytes)) }
            body.reserveCapacity(min(length, 65536))
        }
        guard let expectation = head.headers["Expect"].first else { return .expectBody }
        guard expectation.lowercased() == "100-continue" else {
            return refuse(Fault(status: 417, type: "HTTPExpectationFailed", message: "Unknown expectation."))
        }
        return head.version == .http1_1 ? .sendContinue : .expectBody
    }

    private mutating func receive(_ buffer: ByteBuffer) -> Action {
        guard body.count + buffer.readableBytes <= limits.bodyBytes else {
            return refuse(.tooLarge(limits.bodyBytes))
        }
        body.append(contentsOf: buffer.readableBytesView)
        return .wait
    }

    private mutating func end() -> Action {
        guard let head else { return .ignore }
        self.head = nil
        let request = APIRequest(method: head.method, target: head.uri.originForm, headers: head.headers, body: body)
        body = []
        return .answer(
            ReceivedRequest(request: request, keepAlive: head.isKeepAlive, takesChunks: head.version == .http1_1)
        )
    }

    private mutating func refuse(_ fault: Fault) -> Action {
        isRefused = true
        head = nil
        body = []
        return .refuse(fault)
    }

    /// The request cannot be read any further.
    mutating func fail(_ error: any Error) -> Action {
        guard !isRefused else { return .ignore }
        switch error {
        case HTTPParserError.headerOverflow:
            return refuse(
                Fault(
                    status: 431,
                    type: "HTTPRequestHeaderFieldsTooLarge",
                    message: "The request's headers exceed \(limits.headerBytes) bytes."
                )
            )
        case is HTTPParserError: return refuse(.badRequest("The request is not well-formed HTTP/1.1."))
        default: return .ignore
        }
    }
}

extension String {
    /// Path and query of a request's target, which a client may give as a whole URL.
    ///
    /// Source: RFC 9112 section 3.2.2.
    fileprivate var originForm: String {
        guard !hasPrefix("/"), let scheme = firstRange(of: "://") else { return self }
        let rest = self[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
        return rest.hasPrefix("/") ? String(rest) : "/" + rest
    }
}

extension Fault {
    fileprivate static func tooLarge(_ limit: Int) -> Fault {
        Fault(
            status: 413,
            type: "HTTPRequestEntityTooLarge",
            message: "The request's body exceeds \(limit) bytes."
        )
    }
}
