import GRPCCore
import Logging
import NIOCore
import NIOPosix

@testable import HTTP2Transport

/// Serves the echo service at `address` while `body` runs, then lets it end.
func serving<Result>(
    at address: ListenAddress,
    configuration: HTTP2ServerConfiguration = .defaults,
    _ body: (ServerAddress) async throws -> Result
) async throws -> Result {
    let transport = HTTP2ServerTransport(
        address: address,
        configuration: configuration,
        logger: EchoPair.logger
    )
    let server = GRPCServer(transport: transport, services: [EchoService(witness: .init())])
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.serve() }
        let result = try await body(try await transport.boundAddress)
        server.beginGracefulShutdown()
        try await group.waitForAll()
        return result
    }
}

func calling<Result>(
    _ targets: [ServerAddress],
    configuration: HTTP2ClientConfiguration = .defaults,
    eventLoops: (any EventLoopGroup)? = nil,
    logger: Logger = EchoPair.logger,
    _ body: (GRPCClient<HTTP2ClientTransport>) async throws -> Result
) async throws -> Result {
    let transport = HTTP2ClientTransport(
        targets: targets,
        configuration: configuration,
        eventLoops: eventLoops,
        logger: logger
    )
    let client = GRPCClient(transport: transport)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.runConnections() }
        let result = try await body(client)
        client.beginGracefulShutdown()
        try await group.waitForAll()
        return result
    }
}

func echo(_ client: GRPCClient<HTTP2ClientTransport>, waitForReady: Bool = false) async throws -> String {
    var options = CallOptions.defaults
    options.waitForReady = waitForReady
    return try await client.unary(
        request: ClientRequest(message: [1]),
        descriptor: EchoService.unary,
        serializer: OctetCoding(),
        deserializer: OctetCoding(),
        options: options
    ) { response in
        _ = try response.message
        return "ok"
    }
}

/// The address at which the server that took a call was called.
func answerer(_ client: GRPCClient<HTTP2ClientTransport>) async throws -> String {
    let answer = try await client.unary(
        request: ClientRequest(message: []),
        descriptor: EchoService.whoami,
        serializer: OctetCoding(),
        deserializer: OctetCoding(),
        options: .defaults
    ) { try $0.message }
    return String(decoding: answer, as: UTF8.self)
}
