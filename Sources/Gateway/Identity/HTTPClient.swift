internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Asks other HTTP servers, each question on a connection of its own.
struct HTTPClient: Sendable {
    private let eventLoops: MultiThreadedEventLoopGroup
    /// By which others' certificates are held over TLS.
    private let context: NIOSSLContext
    private let deadline = TimeAmount.seconds(10)

    /// A client that holds others' certificates to those (PEM) in the file; nil is to those that the system trusts.
    ///
    /// They are read here, once.
    ///
    /// - Throws: When they cannot be read.
    init(eventLoops: MultiThreadedEventLoopGroup, trustFile: String?) throws {
        var trust = TLSConfiguration.makeClientConfiguration()
        if let trustFile { trust.trustRoots = .file(trustFile) }
        self.eventLoops = eventLoops
        context = try NIOSSLContext(configuration: trust)
    }

    /// A whole answer.
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
    }

    struct Failure: Error {
        var description: String
    }

    /// - Throws: When no whole answer comes in time.
    func get(_ url: URLParts, headers: HTTPHeaders) async throws -> Answer {
        let loop = eventLoops.next()
        let answer = loop.makePromise(of: Answer.self)
        let channel: any Channel
        do {
            channel = try await connect(to: url, on: loop, answering: answer)
        } catch {
            answer.fail(error)
            throw error
        }
        var headers = headers
        headers.replaceOrAdd(name: "Host", value: url.authority)
        headers.replaceOrAdd(name: "Connection", value: "close")
        let path = url.path.isEmpty ? "/" : url.path
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        let late = loop.scheduleTask(in: deadline) { answer.fail(Failure(description: "no answer in time")) }
        defer {
            late.cancel()
            channel.close(promise: nil)
        }
        return try await answer.futureResult.get()
    }

    private func connect(
        to url: URLParts,
        on loop: any EventLoop,
        answering answer: EventLoopPromise<Answer>
    ) async throws -> any Channel {
        try await ClientBootstrap(group: loop)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if url.isSecure {
                        // An address has no name to be shown.
                        let isName = (try? SocketAddress(ipAddress: url.host, port: 0)) == nil
                        let name = isName ? url.host : nil
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(AnswerCollector(answer))
                }
            }
            .connect(host: url.host, port: url.port).get()
    }
}

/// Puts an answer together from its parts.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    /// What an answer about a token never reaches.
    private static let longest = 1 << 20
    private let answer: EventLoopPromise<HTTPClient.Answer>
    private var status = 0
    private var body: [UInt8] = []

    init(_ answer: EventLoopPromise<HTTPClient.Answer>) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(let part):
            body += part.readableBytesView
            guard body.count <= Self.longest else { return errorCaught(context: context, error: Self.tooLong) }
        case .end: answer.succeed(HTTPClient.Answer(status: status, body: body))
        }
    }

    private static let tooLong = HTTPClient.Failure(description: "the answer is too long")

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(HTTPClient.Failure(description: "the connection ended before the answer"))
    }
}
