import GRPCCore
import GRPCNIOTransportHTTP2Posix

func serveReference(port: Int, _ security: Security, ready: @escaping @Sendable (Listening) -> Void) async throws {
    let transport = HTTP2ServerTransport.Posix(
        address: .ipv4(host: "127.0.0.1", port: port),
        transportSecurity: security.folder.map { folder in
            .mTLS(
                certificateChain: [.file(path: folder + "/peer.pem", format: .pem)],
                privateKey: .file(path: folder + "/peer.key", format: .pem)
            ) { $0.trustRoots = .certificates([.file(path: folder + "/root.pem", format: .pem)]) }
        } ?? .plaintext,
        config: .defaults { config in
            config.compression.enabledAlgorithms = .all
            // It takes no more unless told otherwise, and tells its clients so only where it was told.
            config.http2.maxConcurrentStreams = 100
        }
    )
    let server = GRPCServer(transport: transport, services: [Workload(), ConformanceService()])
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.serve() }
        let port = try await transport.listeningAddress.ipv4?.port ?? 0
        ready(Listening(port: port) { server.beginGracefulShutdown() })
        try await group.waitForAll()
    }
}

func callReference(port: Int, inFlight: Int, count: Int) async throws -> ClientFigures {
    let transport = try HTTP2ClientTransport.Posix(
        target: .ipv4(address: "127.0.0.1", port: port),
        transportSecurity: .plaintext
    )
    return try await withGRPCClient(transport: transport) { client in
        try await measure(client, inFlight: inFlight, count: count, executor: nil)
    }
}

func connectReference(port: Int, _ security: Security, _ body: some CallBody) async throws {
    let transport = try HTTP2ClientTransport.Posix(
        target: .ipv4(address: "127.0.0.1", port: port),
        transportSecurity: security.folder.map { folder in
            .mTLS(
                certificateChain: [.file(path: folder + "/peer.pem", format: .pem)],
                privateKey: .file(path: folder + "/peer.key", format: .pem)
            ) { $0.trustRoots = .certificates([.file(path: folder + "/root.pem", format: .pem)]) }
        } ?? .plaintext,
        config: .defaults { config in
            config.compression.enabledAlgorithms = .all
            config.http2.authority = security.folder.map { _ in "localhost" }
        }
    )
    try await withGRPCClient(transport: transport) { client in try await body.run(client) }
}
