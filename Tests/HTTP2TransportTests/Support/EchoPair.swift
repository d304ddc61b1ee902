import GRPCCore
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import HTTP2Transport

/// A server with the echo service and a client of it, over a real socket, for one test.
struct EchoPair {
    let client: GRPCClient<HTTP2ClientTransport>
    let server: GRPCServer<HTTP2ServerTransport>
    let address: ServerAddress
    let witness: EchoService.Witness
    let loops: MultiThreadedEventLoopGroup

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func run(
        listen: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
        server serverConfiguration: HTTP2ServerConfiguration = .defaults,
        client clientConfiguration: HTTP2ClientConfiguration = .defaults,
        logger: Logger = EchoPair.logger,
        _ body: (EchoPair) async throws -> Void
    ) async throws {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let witness = EchoService.Witness()
        let transport = HTTP2ServerTransport(
            address: listen,
            configuration: serverConfiguration,
            eventLoops: loops,
            logger: logger
        )
        let server = GRPCServer(transport: transport, services: [EchoService(witness: witness)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            let address = try await transport.boundAddress
            let client = GRPCClient(
                transport: HTTP2ClientTransport(
                    targets: [address],
                    configuration: clientConfiguration,
                    eventLoops: loops,
                    logger: logger
                )
            )
            group.addTask { try await client.runConnections() }
            try await body(
                EchoPair(client: client, server: server, address: address, witness: witness, loops: loops)
            )
            client.beginGracefulShutdown()
            server.beginGracefulShutdown()
            try await group.waitForAll()
        }
        try await loops.shutdownGracefully()
    }

    func unary(
        _ method: MethodDescriptor,
        _ message: [UInt8],
        metadata: Metadata = [:],
        options: CallOptions = .defaults
    ) async throws -> ClientResponse<[UInt8]> {
        try await client.unary(
            request: ClientRequest(message: message, metadata: metadata),
            descriptor: method,
            serializer: OctetCoding(),
            deserializer: OctetCoding(),
            options: options
        ) { $0 }
    }

    /// Sends nothing and reads the answer to its end; gives the number of messages.
    func readAll(_ method: MethodDescriptor, options: CallOptions = .defaults) async throws -> Int {
        try await stream(method, options: options) { _ in
        } _: { response in
            try await response.messages.reduce(0) { count, _ in count + 1 }
        }
    }

    func stream<Result: Sendable>(
        _ method: MethodDescriptor,
        metadata: Metadata = [:],
        options: CallOptions = .defaults,
        _ producer: @escaping @Sendable @concurrent (RPCWriter<[UInt8]>) async throws -> Void,
        _ onResponse: @escaping @Sendable @concurrent (StreamingClientResponse<[UInt8]>) async throws -> Result
    ) async throws -> Result {
        try await client.bidirectionalStreaming(
            request: StreamingClientRequest(metadata: metadata, producer: producer),
            descriptor: method,
            serializer: OctetCoding(),
            deserializer: OctetCoding(),
            options: options,
            onResponse: onResponse
        )
    }
}

/// Waits until `condition` holds; a test fails where it does not within ten seconds.
func eventually(
    _ condition: @Sendable () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("did not come true within ten seconds", sourceLocation: sourceLocation)
}

/// The code with which `body` fails; nil where it does not, or not with one of gRPC's.
func failure<Result>(_ body: () async throws -> Result) async -> RPCError.Code? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? RPCError)?.code
    }
}

/// Waits until `count` does not change for a while.
func standstill(_ count: () -> Int) async throws {
    var seen = -1
    while seen != count() {
        seen = count()
        try await Task.sleep(for: .milliseconds(300))
    }
}
