public import GRPCCore
public import HTTP2Transport
internal import Logging
public import ServiceLifecycle

/// The transport that programs speak to one another over; chosen here and nowhere else.
public typealias RPCTransport = HTTP2ClientTransport

/// Connections to one service: calls wait for it to be there, carry the caller's context and have a deadline.
public struct RPCChannel: Service {
    /// The client to make stubs of.
    public let client: GRPCClient<RPCTransport>
    private let transport: RPCTransport

    /// A channel to the service at any of the addresses.
    ///
    /// Calls without a deadline of their own get 10 seconds; watches and health watches none.
    public init(addresses: [ServerAddress], environment: ProgramEnvironment) {
        var configuration = HTTP2ClientConfiguration.defaults
        configuration.waitForReady = true
        configuration.maxResponseMessageBytes = 256 * 1024 * 1024
        configuration.callTimeout = .seconds(10)
        configuration.untimedMethods = Self.watches
        transport = HTTP2ClientTransport(
            targets: addresses,
            configuration: configuration,
            eventLoops: environment.eventLoops,
            logger: environment.logger
        )
        client = GRPCClient(transport: transport, interceptors: [ClientContextInterceptor()])
    }

    /// Makes a call in bytes, for the caller in `CurrentRequest.context`; what the client's stubs do, at less cost.
    ///
    /// - Throws: `RPCError`, `CancellationError`.
    public func unary(_ method: MethodDescriptor, _ message: [UInt8]) async throws -> [UInt8] {
        try await transport.unary(method, metadata: CurrentRequest.context.metadata, message: message)
    }

    /// The interceptors of every client; tests give them to clients on other transports.
    public static var interceptors: [any ClientInterceptor] { [ClientContextInterceptor()] }

    /// Connects and reconnects until graceful shutdown.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await client.runConnections()
        } onGracefulShutdown: {
            client.beginGracefulShutdown()
        }
    }

    private static let watches: Set<MethodDescriptor> = [
        MethodDescriptor(fullyQualifiedService: "l3.network.v1.NetworkChanges", method: "WatchNetworks"),
        MethodDescriptor(fullyQualifiedService: "l3.agent.v1.NodeAgents", method: "WatchRouters"),
        MethodDescriptor(fullyQualifiedService: "l3.agent.v1.NodeAddresses", method: "WatchAddresses"),
        MethodDescriptor(fullyQualifiedService: "grpc.health.v1.Health", method: "Watch"),
    ]
}
