import GRPCCore

/// What is compared.
enum Side: String, CaseIterable, Sendable {
    /// grpc-swift-nio-transport.
    case reference
    /// HTTP2Transport.
    case ours

    /// Serves the workload and the conformance service at `port`, 0 for a free one; `ready` gets to know which.
    func serve(port: Int, _ security: Security, ready: @escaping @Sendable (Listening) -> Void) async throws {
        switch self {
        case .reference: try await serveReference(port: port, security, ready: ready)
        case .ours: try await serveOurs(port: port, security, ready: ready)
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
    func connected(port: Int, _ security: Security, _ body: some CallBody) async throws {
        switch self {
        case .reference: try await connectReference(port: port, security, body)
        case .ours: try await connectOurs(port: port, security, body)
        }
    }
}

/// A server that has begun to listen.
struct Listening: Sendable {
    var port: Int
    /// Takes no more calls and ends when those open have ended.
    var drain: @Sendable () -> Void
}

/// Something to do with a client, whatever its transport.
protocol CallBody: Sendable {
    func run(_ client: GRPCClient<some ClientTransport>) async throws
}
