import GRPCCore
import HTTP2Transport
import Logging
import NIOPosix

private let silent: Logger = {
    var l = Logger(label: "bench"); l.logLevel = .trace; return l
}()

func serveOurs(ready: @escaping @Sendable (Int) -> Void) async throws {
    let transport = HTTP2ServerTransport(address: .tcp(host: "127.0.0.1", port: 0), logger: silent)
    let server = GRPCServer(transport: transport, services: [Workload()])
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.serve() }
        if case .tcp(_, let port) = try await transport.boundAddress { ready(port) }
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

func connectOurs(port: Int, _ body: some CallBody) async throws {
    let transport = HTTP2ClientTransport(targets: [.tcp(host: "127.0.0.1", port: port)], logger: silent)
    try await withGRPCClient(transport: transport) { client in try await body.run(client) }
}
