import GRPCCore
import GRPCNIOTransportHTTP2Posix

func serveReference(ready: @escaping @Sendable (Int) -> Void) async throws {
    let transport = HTTP2ServerTransport.Posix(
        address: .ipv4(host: "127.0.0.1", port: 0),
        transportSecurity: .plaintext
    )
    let server = GRPCServer(transport: transport, services: [Workload()])
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.serve() }
        ready(try await transport.listeningAddress.ipv4?.port ?? 0)
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

func connectReference(port: Int, _ body: some CallBody) async throws {
    let transport = try HTTP2ClientTransport.Posix(
        target: .ipv4(address: "127.0.0.1", port: port),
        transportSecurity: .plaintext
    )
    try await withGRPCClient(transport: transport) { client in try await body.run(client) }
}
