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
        case answer(APIRequest, keepAlive: Bool)
        /// Answer with this, close, and look at nothing that still comes.
        case refuse(Fault)
        /// It belongs to a request that was refused.
        case ignore
    }

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
        let request = APIRequest(method: head.method, target: head.uri, headers: head.headers, body: body)
        body = []
        return .answer(request, keepAlive: head.isKeepAlive)
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

extension Fault {
    fileprivate static func tooLarge(_ limit: Int) -> Fault {
        Fault(
            status: 413,
            type: "HTTPRequestEntityTooLarge",
            message: "The request's body exceeds \(limit) bytes."
        )
    }
}
