public import GRPCCore
public import Logging
public import NIOCore
internal import NIOPosix
internal import Synchronization

/// Serves gRPC over HTTP/2 on a TCP or unix socket.
///
/// Handlers run on the event loop of their connection, as tasks with that loop's ``EventLoopTaskExecutor``: a call
/// changes no thread on its way, and a handler must not block. A call that is cancelled, reset, timed out or cut off by
/// a lost connection ends its handler's task too (`Task.isCancelled`), beside gRPC's own cancellation handle.
public final class HTTP2ServerTransport: ServerTransport {
    /// Messages as they travel.
    public typealias Bytes = [UInt8]

    private let address: ListenAddress
    private let configuration: HTTP2ServerConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var methods: [MethodDescriptor] = []
        var listener: ServerListener?
        var channel: (any Channel)?
        var isStopped = false
        var failure: HTTP2TransportError?
        var waiters: [CheckedContinuation<ServerAddress, any Error>] = []
    }

    /// A transport that will listen at `address`.
    ///
    /// Connections are spread over `eventLoops`; without them NIO's shared group is taken.
    public init(
        address: ListenAddress,
        configuration: HTTP2ServerConfiguration = .defaults,
        eventLoops: (any EventLoopGroup)? = nil,
        logger: Logger
    ) {
        self.address = address
        self.configuration = configuration
        group = eventLoops ?? MultiThreadedEventLoopGroup.singleton
        self.logger = logger
    }

    /// Where clients find the server, with the port that the kernel chose; waits until it listens.
    ///
    /// - Throws: ``HTTP2TransportError`` where it cannot listen or ended before it did.
    public var boundAddress: ServerAddress {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let known: Result<ServerAddress, any Error>? = state.withLock { state in
                    if let failure = state.failure { return .failure(failure) }
                    if let channel = state.channel { return .success(bound(channel)) }
                    state.waiters.append(continuation)
                    return nil
                }
                if let known { continuation.resume(with: known) }
            }
        }
    }

    /// Learns which methods there are; called by GRPCCore.
    public func configure(context: GRPCServerContext) {
        state.withLock { $0.methods = context.methods }
    }

    /// Serves until ``beginGracefulShutdown()`` or until its task is cancelled, which cuts everything off.
    ///
    /// - Throws: ``HTTP2TransportError`` where the socket cannot be opened, the certificates cannot be read, or the
    ///   transport was used before.
    public func listen(
        streamHandler: @escaping @Sendable @concurrent (RPCStream<Inbound, Outbound>, ServerContext) async -> Void
    ) async throws {
        do throws(HTTP2TransportError) {
            let (listener, channel) = try await open(streamHandler)
            await withTaskCancellationHandler {
                await listener.serve(channel)
            } onCancel: {
                listener.abort(channel)
            }
            failWaiters(.cannotListen("server has ended"))
        } catch {
            failWaiters(error)
            throw error
        }
    }

    /// Takes no more connections and calls; those open end naturally, or at the end of the grace period.
    public func beginGracefulShutdown() {
        let (listener, channel) = state.withLock { state in
            state.isStopped = true
            return (state.listener, state.channel)
        }
        listener?.drain(channel)
    }

    private func open(
        _ handler: @escaping ServerListener.Handler
    ) async throws(HTTP2TransportError) -> (ServerListener, any Channel) {
        let methods = MethodTable(state.withLock { $0.methods })
        let listener = try ServerListener(
            configuration: configuration,
            methods: methods,
            logger: logger,
            handler: handler
        )
        let isFresh = state.withLock { state in
            guard state.listener == nil, !state.isStopped else { return false }
            state.listener = listener
            return true
        }
        guard isFresh else { throw .alreadyUsed }
        let channel = try await listener.open(address, on: group)
        let (waiters, isStopped) = state.withLock { state in
            state.channel = channel
            defer { state.waiters = [] }
            return (state.waiters, state.isStopped)
        }
        for waiter in waiters { waiter.resume(returning: bound(channel)) }
        if isStopped { listener.drain(channel) }
        return (listener, channel)
    }

    private func failWaiters(_ error: HTTP2TransportError) {
        let waiters = state.withLock { state in
            state.failure = error
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(throwing: error) }
    }

    private func bound(_ channel: any Channel) -> ServerAddress {
        switch address {
        case .tcp(let host, let port):
            .tcp(host: channel.localAddress?.ipAddress ?? host, port: channel.localAddress?.port ?? port)
        case .unix(let path): .unix(path: path)
        }
    }
}
