import GRPCCore
import HTTP2Transport
import Logging
import NIOPosix

private let silent = Logger(label: "rpc-bench") { _ in SwiftLogNoOpLogHandler() }

func serveOurs(port: Int, _ security: Security, ready: @escaping @Sendable (Listening) -> Void) async throws {
    var configuration = HTTP2ServerConfiguration.defaults
    configuration.tls = security.folder.map { folder in
        HTTP2ServerTLS(
            certificateChainPath: folder + "/peer.pem",
            privateKeyPath: folder + "/peer.key",
            clientTrustPath: folder + "/root.pem"
        )
    }
    let transport = HTTP2ServerTransport(
        address: .tcp(host: "127.0.0.1", port: port),
        configuration: configuration,
        logger: silent
    )
    let server = GRPCServer(transport: transport, services: [Workload(), ConformanceService()])
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.serve() }
        if case .tcp(_, let port) = try await transport.boundAddress {
            ready(Listening(port: port) { server.beginGracefulShutdown() })
        }
        try await group.waitForAll()
    }
}

func callOurs(port: Int, inFlight: Int, count: Int) async throws -> ClientFigures {
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let transport = HTTP2ClientTransport(
        targets: [.tcp(host: "127.0.0.1", port: port)],
        eventLoops: loops,
        logger: silent
    )
    return try await withGRPCClient(transport: transport) { client in
        try await measure(client, inFlight: inFlight, count: count, executor: EventLoopTaskExecutor.of(loops.next()))
    }
}

func connectOurs(port: Int, _ security: Security, _ body: some CallBody) async throws {
    var configuration = HTTP2ClientConfiguration.defaults
    configuration.tls = security.folder.map { folder in
        HTTP2ClientTLS(
            trustPath: folder + "/root.pem",
            identity: .init(certificateChainPath: folder + "/peer.pem", privateKeyPath: folder + "/peer.key"),
            serverName: "localhost"
        )
    }
    let transport = HTTP2ClientTransport(
        targets: [.tcp(host: "127.0.0.1", port: port)],
        configuration: configuration,
        logger: silent
    )
    try await withGRPCClient(transport: transport) { client in try await body.run(client) }
}
