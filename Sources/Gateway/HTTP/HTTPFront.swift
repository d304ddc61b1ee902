internal import Glibc
internal import HTTP2Transport
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import ServiceLifecycle
internal import ServiceRuntime

/// The HTTP/1.1 server of the API.
///
/// Each connection has one task, which runs on the connection's event loop: parsing, the calls behind it and the answer
/// change no thread.
struct HTTPFront: Service {
    var application: RESTApplication
    var address: ListenAddress
    var limits = HTTPLimits()
    var eventLoops: MultiThreadedEventLoopGroup
    var health: HealthReporter
    var logger: Logger
    /// Told of the address once the port is open.
    var whenBound: @Sendable (SocketAddress?) -> Void = { _ in }

    /// Serves until graceful shutdown, then lets running requests end.
    ///
    /// - Throws: The address cannot be listened on.
    func run() async throws {
        let register = ConnectionRegister(limit: limits.connections)
        let (connections, accepted) = AsyncStream.makeStream(of: HTTPConnection.self)
        let server = try await listen { channel in
            guard register.add(channel) else { throw ChannelError.ioOnClosedChannel }
            accepted.yield(try pipeline(on: channel))
        }
        let port = server.localAddress?.port
        logger.info(
            "listening",
            metadata: ["address": "\(address.text)", "port": "\(port.map(String.init) ?? "none")"]
        )
        whenBound(server.localAddress)
        health.set(.serving)
        let stop: @Sendable () -> Void = {
            health.set(.notServing)
            server.close(promise: nil)
            register.drain(within: limits.drain)
            accepted.finish()
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            await serve(connections)
        } onCancelOrGracefulShutdown: {
            stop()
        }
    }

    private func serve(_ connections: AsyncStream<HTTPConnection>) async {
        await withDiscardingTaskGroup { group in
            for await connection in connections {
                let loop = EventLoopTaskExecutor.of(connection.channel.eventLoop)
                group.addTask(executorPreference: loop) { await serve(connection) }
            }
        }
    }

    /// Answers the connection's requests until it closes, and gives up the one that is being answered then.
    private func serve(_ connection: HTTPConnection) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await answer(connection) }
            await connection.closed()
            group.cancelAll()
        }
    }

    private func answer(_ connection: HTTPConnection) async {
        while let received = await connection.next() {
            let response = await application.respond(to: received.request)
            await connection.write(response, to: received)
        }
    }

    private func listen(_ accept: @escaping @Sendable (any Channel) throws -> Void) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: eventLoops)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try accept(channel) }
            }
        do {
            switch address {
            case .tcp(let host, let port): return try await bootstrap.bind(host: host, port: port).get()
            case .unix(let path):
                return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ConfigurationError("listen.address", "\(address.text) is taken by another program")
        }
    }

    private func pipeline(on channel: any Channel) throws -> HTTPConnection {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.headerBytes
        decoding.maxHeaderListSize = limits.headerBytes
        let connection = HTTPConnection(channel: channel, limits: limits)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ArrivalWatch(connection))
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding))
        )
        try pipeline.addHandler(HTTPServerPipelineHandler())
        try pipeline.addHandler(connection)
        return connection
    }
}

extension ListenAddress {
    /// The address as it is set.
    fileprivate var text: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
