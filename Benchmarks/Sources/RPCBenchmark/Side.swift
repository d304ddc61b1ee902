import GRPCCore

/// What is compared.
enum Side: String, CaseIterable {
    /// grpc-swift-nio-transport.
    case reference
    /// HTTP2Transport.
    case ours

    /// Serves the workload; `ready` gets the port.
    func serve(ready: @escaping @Sendable (Int) -> Void) async throws {
        switch self {
        case .reference: try await serveReference(ready: ready)
        case .ours: try await serveOurs(ready: ready)
        }
    }

    /// Calls the workload at `port` with as many calls in flight.
    func call(port: Int, inFlight: Int, count: Int) async throws -> ClientFigures {
        switch self {
        case .reference: try await callReference(port: port, inFlight: inFlight, count: count)
        case .ours: try await callOurs(port: port, inFlight: inFlight, count: count)
        }
    }

    /// Runs `body` with a client of this side that calls the server at `port`.
    func connected(port: Int, _ body: some CallBody) async throws {
        switch self {
        case .reference: try await connectReference(port: port, body)
        case .ours: try await connectOurs(port: port, body)
        }
    }
}

/// Something to do with a client, whatever its transport.
protocol CallBody: Sendable {
    func run(_ client: GRPCClient<some ClientTransport>) async throws
}
