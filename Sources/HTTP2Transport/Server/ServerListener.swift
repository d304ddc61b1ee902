internal import GRPCCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A listening server: its socket, its connections, and what they all share.
final class ServerListener: Sendable {
    typealias Handler =
        @Sendable @concurrent (
            RPCStream<HTTP2ServerTransport.Inbound, HTTP2ServerTransport.Outbound>, ServerContext
        ) async -> Void

    let configuration: HTTP2ServerConfiguration
    let template: SessionTemplate
    let methods: MethodTable
    let handler: Handler
    let logger: Logger
    private let certificates: CertificateStore?
    private let state = Mutex(ServerLifecycle<ServerConnection, CheckedContinuation<Void, Never>>())

    init(
        configuration: HTTP2ServerConfiguration,
        methods: MethodTable,
        logger: Logger,
        handler: @escaping Handler
    ) throws(HTTP2TransportError) {
        self.configuration = configuration
        self.methods = methods
        self.logger = logger
        self.handler = handler
        template = try SessionTemplate(role: .server, settings: configuration.sessionSettings)
        certificates = try configuration.tls.map { tls throws(HTTP2TransportError) in try CertificateStore(tls) }
    }

    /// Opens the socket.
    func open(_ address: ListenAddress, on group: any EventLoopGroup) async throws(HTTP2TransportError) -> any Channel {
        guard state.withLock({ $0.begin() }) else { throw .alreadyUsed }
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
            }
        do {
            return switch address {
            case .tcp(let host, let port):
                try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .bind(host: host, port: port).get()
            case .unix(let path):
                try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            }
        } catch {
            state.withLock { $0.socketClosed() }?.resume()
            throw .cannotListen("\(error)")
        }
    }

    /// Serves until the socket is closed and every connection has ended.
    func serve(_ channel: any Channel) async {
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.socketClosed() }?.resume() }
        if state.withLock({ $0.isStopping }) { channel.close(promise: nil) }
        let reloads = certificates?.reloadRegularly(on: channel.eventLoop, logger: logger)
        await withCheckedContinuation { continuation in
            if !state.withLock({ $0.wait(continuation) }) { continuation.resume() }
        }
        reloads?.cancel()
    }

    private func accept(_ channel: any Channel) throws {
        let connection = try ServerConnection(listener: self, channel: channel)
        guard state.withLock({ $0.add(connection, limit: configuration.maxConnections) }) else {
            connection.link.discard()
            logger.warning(
                "connection refused: there are too many",
                metadata: [Telemetry.peer: "\(connection.remotePeer)"]
            )
            throw HTTP2TransportError.session("too many connections")
        }
        let pipeline = channel.pipeline.syncOperations
        do {
            if let certificates { try pipeline.addHandler(NIOSSLServerHandler(context: certificates.current)) }
            try pipeline.addHandler(connection.link)
        } catch {
            connection.link.discard()
            throw error
        }
    }

    func remove(_ connection: ServerConnection) {
        state.withLock { $0.remove(connection) }?.resume()
    }

    /// Takes no more connections and lets those open end.
    func drain(_ channel: (any Channel)?) {
        stop(state.withLock { $0.drain() }, channel) { $0.drain() }
    }

    /// Closes everything at once.
    func abort(_ channel: (any Channel)?) {
        stop(state.withLock { $0.abort() }, channel) { $0.cut() }
    }

    private func stop(
        _ stop: ServerLifecycle<ServerConnection, CheckedContinuation<Void, Never>>.Stop,
        _ channel: (any Channel)?,
        _ how: @escaping @Sendable (ServerConnection) -> Void
    ) {
        channel?.close(promise: nil)
        guard case .members(let connections) = stop else { return }
        for connection in connections { connection.link.executor.perform { how(connection) } }
    }
}
