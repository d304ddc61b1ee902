import GRPCCore
import NIOCore
import NIOPosix
import Testing

@testable import HTTP2Transport

/// Several addresses behind one client.
@Suite(.timeLimit(.minutes(2))) struct BalancingTests {
    /// Two servers, and a client of both that lives on one loop.
    private func balancing(
        configuration: HTTP2ClientConfiguration = .defaults,
        _ body: (GRPCClient<HTTP2ClientTransport>, [String]) async throws -> Void
    ) async throws {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await serving(at: .tcp(host: "127.0.0.1", port: 0)) { first in
            try await serving(at: .tcp(host: "127.0.0.1", port: 0)) { second in
                try await calling([first, second], configuration: configuration, eventLoops: loops) { client in
                    try await body(client, ["ipv4:\(first)", "ipv4:\(second)"])
                }
            }
        }
        try await loops.shutdownGracefully()
    }

    private func answerers(_ count: Int, _ client: GRPCClient<HTTP2ClientTransport>) async throws -> [String: Int] {
        var answers: [String: Int] = [:]
        for _ in 0..<count { answers[try await answerer(client), default: 0] += 1 }
        return answers
    }

    @Test func `servers take calls in turn`() async throws {
        try await balancing { client, servers in
            try await eventually { try await answerers(2, client).count == 2 }
            let answers = try await answerers(20, client)
            #expect(answers == [servers[0]: 10, servers[1]: 10])
        }
    }

    @Test func `an address that nobody listens at takes no calls`() async throws {
        try await serving(at: .tcp(host: "127.0.0.1", port: 0)) { living in
            try await calling([.unix(path: "/nonexistent/socket"), living]) { client in
                let answers = try await answerers(50, client)
                #expect(answers == ["ipv4:\(living)": 50])
            }
        }
    }

    @Test func `a server whose connection fell idle gets calls again while another is busy`() async throws {
        var configuration = HTTP2ClientConfiguration.defaults
        configuration.idleTimeout = .milliseconds(100)
        try await balancing(configuration: configuration) { client, _ in
            try await eventually { try await answerers(2, client).count == 2 }
            try await client.serverStreaming(
                request: ClientRequest(message: []),
                descriptor: EchoService.hang,
                serializer: OctetCoding(),
                deserializer: OctetCoding(),
                options: .defaults
            ) { response in
                // One server holds this stream; the other's connection is given up meanwhile.
                for try await _ in response.messages { break }
                try await Task.sleep(for: .milliseconds(300))
                try await eventually { try await answerers(2, client).count == 2 }
            }
        }
    }
}
