public import GRPCCore
public import Logging
public import NIOCore
internal import NIOPosix
internal import Synchronization

/// Calls gRPC services over HTTP/2 on TCP or unix sockets.
///
/// Each event loop keeps connections of its own, made when a call first wants them. A call made from a task on one of
/// the loops (see ``EventLoopTaskExecutor``) uses a connection of that loop and changes no thread; calls from elsewhere
/// are spread over the loops. Several addresses take calls in turn; one that cannot be reached takes none.
public final class HTTP2ClientTransport: ClientTransport {
    /// Messages as they travel.
    public typealias Bytes = [UInt8]

    private let targets: [ServerAddress]
    private let configuration: HTTP2ClientConfiguration
    private let logger: Logger
    private let clients: [LoopClient]
    private let clientOfLoop: [ObjectIdentifier: LoopClient]
    private let next = Atomic<Int>(0)
    private let state = Mutex(ClientLifecycle<CheckedContinuation<Void, Never>>())

    /// Throttles retries as the service configuration says; nil where it says nothing.
    public let retryThrottle: RetryThrottle?

    /// A transport for calls to `targets`; it connects when ``connect()`` runs and a call is made.
    ///
    /// Connections live on `eventLoops`; without them NIO's shared group is taken.
    public init(
        targets: [ServerAddress],
        configuration: HTTP2ClientConfiguration = .defaults,
        eventLoops: (any EventLoopGroup)? = nil,
        logger: Logger
    ) {
        let clients = (eventLoops ?? MultiThreadedEventLoopGroup.singleton).makeIterator().map {
            LoopClient(eventLoop: $0)
        }
        self.targets = targets
        self.configuration = configuration
        self.logger = logger
        self.clients = clients
        clientOfLoop = Dictionary(
            uniqueKeysWithValues: clients.map { (ObjectIdentifier($0.executor.eventLoop), $0) }
        )
        retryThrottle = configuration.serviceConfig.retryThrottling.map {
            RetryThrottle(maxTokens: $0.maxTokens, tokenRatio: $0.tokenRatio)
        }
    }

    /// Keeps connections until ``beginGracefulShutdown()`` and the end of the calls then open.
    ///
    /// Cancelling its task ends the calls at once.
    ///
    /// - Throws: ``HTTP2TransportError/certificate(_:)`` where the TLS files cannot be read.
    public func connect() async throws {
        guard state.withLock({ $0.begin() }) else { return }
        let shared: ClientShared
        do throws(HTTP2TransportError) {
            shared = try ClientShared(targets: targets, configuration: configuration, logger: logger)
        } catch {
            state.withLock { $0.stop() }?.resume()
            for client in clients { client.executor.perform { client.cut() } }
            throw error
        }
        await run(shared)
    }

    private func run(_ shared: ClientShared) async {
        let reloads = clients.first.flatMap { client in
            shared.certificates?.reloadRegularly(on: client.executor.eventLoop, logger: logger)
        }
        for client in clients { client.executor.perform { client.start(shared) } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !state.withLock({ $0.waitForStop(continuation) }) { continuation.resume() }
            }
            for client in clients { await drained(client) }
        } onCancel: {
            state.withLock { $0.stop() }?.resume()
            for client in clients { client.executor.perform { client.cut() } }
        }
        reloads?.cancel()
    }

    private func drained(_ client: LoopClient) async {
        await withCheckedContinuation { continuation in
            client.executor.perform { client.drain { continuation.resume() } }
        }
    }

    /// Begins no more calls; those open go on.
    public func beginGracefulShutdown() {
        state.withLock { $0.stop() }?.resume()
    }

    /// Opens a stream for a call; it is reset if `closure` returns before the call has ended.
    ///
    /// - Throws: `RPCError` with `unavailable` where no server can be reached and the call does not wait for one,
    ///   `failedPrecondition` once the transport is closing.
    public func withStream<T: Sendable>(
        descriptor: MethodDescriptor,
        options: CallOptions,
        _ closure: @concurrent (RPCStream<Inbound, Outbound>, ClientContext) async throws -> T
    ) async throws -> T {
        let call = try call(of: descriptor, options: options)
        let connection = try await begin(call)
        let context = ClientContext(
            descriptor: descriptor,
            remotePeer: connection.remotePeer,
            localPeer: connection.localPeer
        )
        let stream = RPCStream(
            descriptor: descriptor,
            inbound: RPCAsyncSequence(wrapping: ResponseParts(stream: call)),
            outbound: RPCWriter.Closable(wrapping: RequestWriter(stream: call))
        )
        return try await withTaskCancellationHandler {
            defer { call.cancel(.givenUp) }
            return try await closure(stream, context)
        } onCancel: {
            call.cancel(.givenUp)
        }
    }

    /// A call that has not begun yet.
    func call(of method: MethodDescriptor, options: CallOptions) throws(RPCError) -> ClientStream {
        guard !state.withLock({ $0.isStopping }) else { throw .closing }
        return ClientStream(method: method, options: options, configuration: configuration, client: client())
    }

    /// The client of the loop this task runs on, or the next in turn.
    private func client() -> LoopClient {
        if let loop = MultiThreadedEventLoopGroup.currentEventLoop, let own = clientOfLoop[ObjectIdentifier(loop)] {
            return own
        }
        let (turn, _) = next.wrappingAdd(1, ordering: .relaxed)
        return clients[Int(UInt(bitPattern: turn) % UInt(clients.count))]
    }

    /// Finds a connection for a call, or waits for one.
    func begin(_ call: ClientStream) async throws -> ClientConnection {
        let client = call.client
        if client.executor.eventLoop.inEventLoop {
            switch client.place(call) {
            case .begun(let connection):
                call.placed(on: connection)
                return connection
            case .refused(let error): throw error
            case .waits: break
            }
        }
        return try await withTaskCancellationHandler {
            // Unsafe: a listener is told once.
            try await withUnsafeThrowingContinuation { continuation in
                client.executor.perform {
                    client.begin(call) { result in
                        if case .success(let connection) = result { call.placed(on: connection) }
                        continuation.resume(with: result)
                    }
                }
            }
        } onCancel: {
            client.executor.perform { client.forget(call) }
        }
    }

    /// What the service configuration says of a method.
    public func config(forMethod descriptor: MethodDescriptor) -> MethodConfig? {
        configuration.serviceConfig.methodConfig(for: descriptor)
    }
}

extension RPCError {
    static let givenUp = RPCError(code: .cancelled, message: "call was cancelled")
}

extension ServiceConfig {
    /// The entry that names `method`, else the one that names its service, else the one that names all.
    ///
    /// Source: gRPC service config, `MethodConfig.name`.
    fileprivate func methodConfig(for method: MethodDescriptor) -> MethodConfig? {
        let service = method.service.fullyQualifiedService
        let names = [(service, method.method), (service, ""), ("", "")]
        for (service, method) in names {
            let named = methodConfig.first { config in
                config.names.contains { $0.service == service && $0.method == method }
            }
            if let named { return named }
        }
        return nil
    }
}
