internal import HTTP2Transport
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import ServiceLifecycle

/// Serves a program's metrics over HTTP at `/metrics`.
///
/// A port that cannot be had is no reason for the program to end: it says so and does without.
struct MetricsServer: Service {
    let address: ListenAddress
    let metrics: MetricRegistry
    let eventLoops: MultiThreadedEventLoopGroup
    let logger: Logger

    /// Serves until graceful shutdown.
    func run() async {
        let channel: any Channel
        do {
            channel = try await bind()
        } catch {
            logger.warning("metrics not served", metadata: ["address": "\(address)", "error": "\(error)"])
            try? await gracefulShutdown()
            return
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
    }

    private func bind() async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: eventLoops)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [metrics] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(MetricsHandler(metrics))
                }
            }
        switch address {
        case .tcp(let host, let port): return try await bootstrap.bind(host: host, port: port).get()
        case .unix(let path):
            return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
    }
}

/// Answers one connection's requests.
private final class MetricsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let metrics: MetricRegistry
    private var head: HTTPRequestHead?

    init(_ metrics: MetricRegistry) {
        self.metrics = metrics
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let path = request.uri.prefix { $0 != "?" }
        let (status, text): (HTTPResponseStatus, String) =
            if request.method != .GET {
                (.methodNotAllowed, "only GET is answered\n")
            } else if path == "/metrics" {
                (.ok, metrics.text)
            } else {
                (.notFound, "there is /metrics and nothing else\n")
            }
        var headers: HTTPHeaders = ["content-type": "text/plain; version=0.0.4; charset=utf-8"]
        headers.add(name: "content-length", value: "\(text.utf8.count)")
        if !request.isKeepAlive { headers.add(name: "connection", value: "close") }
        let response = HTTPResponseHead(version: request.version, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if !request.isKeepAlive { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
