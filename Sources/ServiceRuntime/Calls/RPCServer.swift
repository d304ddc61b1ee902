public import GRPCCore
public import HTTP2Transport
public import Logging
public import ServiceLifecycle

/// A program's gRPC server with what every Sluice service has: contexts, error mapping, health.
public struct RPCServer: Service {
    private let server: GRPCServer<HTTP2ServerTransport>
    private let transport: HTTP2ServerTransport
    private let health: HealthReporter
    private let logger: Logger

    /// A server of the given services on the given address.
    public init(listen address: ListenAddress, services: [any RegistrableRPCService], environment: ProgramEnvironment) {
        logger = environment.logger
        health = environment.health
        transport = HTTP2ServerTransport(
            address: address,
            eventLoops: environment.eventLoops,
            logger: environment.logger
        )
        server = GRPCServer(
            transport: transport,
            services: services + [HealthEndpoint(reporter: environment.health)],
            interceptors: [MetricsInterceptor(environment.metrics)]
                + Self.interceptors(logger: environment.logger)
        )
    }

    /// The interceptors of every service; tests give them to servers on other transports.
    public static func interceptors(logger: Logger) -> [any ServerInterceptor] {
        [ServerContextInterceptor(), ErrorInterceptor(logger: logger)]
    }

    /// Where the server listens, once it does.
    public var boundAddress: ServerAddress {
        get async throws { try await transport.boundAddress }
    }

    /// Serves until graceful shutdown, then lets running calls end.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.serve()
        } onGracefulShutdown: {
            health.set(.notServing)
            server.beginGracefulShutdown()
        }
    }
}
