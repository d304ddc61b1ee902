import GRPCCore
import Testing

@testable import HTTP2Transport

/// Python's grpcio as the peer over mutual TLS.
@Suite(needs(Helper.hasPython && Certificates.isAvailable), .timeLimit(.minutes(3))) struct PythonTLSTests {
    @Test func `grpcio calls our server in every way over mutual TLS`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.tls = certificates.server
        try await serving(at: .tcp(host: "127.0.0.1", port: 0), configuration: configuration) { address in
            let client = try Helper(
                fixture: "echo_client.py",
                "--tls",
                certificates.folder,
                address.description
            )
            let (output, isSuccess) = await client.finish()
            #expect(isSuccess, "\(output)")
            #expect(output.split(separator: "\n").count == 16)
        }
    }

    @Test func `our server turns grpcio away when nobody vouches for it`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let others = try Certificates()
        defer { others.remove() }
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.tls = certificates.server
        try await serving(at: .tcp(host: "127.0.0.1", port: 0), configuration: configuration) { address in
            let client = try Helper(
                fixture: "echo_client.py",
                "--tls",
                others.folder,
                address.description,
                "unary"
            )
            let (output, isSuccess) = await client.finish()
            #expect(!isSuccess)
            #expect(output.contains("StatusCode.UNAVAILABLE"), "\(output)")
        }
    }

    @Test func `our client calls grpcio's server over mutual TLS`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let server = try Helper(fixture: "echo_server.py", certificates.folder)
        let port = try #require(await server.line().flatMap { Int($0) })
        var configuration = HTTP2ClientConfiguration.defaults
        configuration.tls = certificates.client
        try await calling([.tcp(host: "127.0.0.1", port: port)], configuration: configuration) { client in
            #expect(try await echo(client) == "ok")
            let large = [UInt8](repeating: 5, count: 3_500_000)
            let answer = try await client.bidirectionalStreaming(
                request: StreamingClientRequest { writer in
                    for _ in 0..<3 { try await writer.write(large) }
                },
                descriptor: EchoService.chat,
                serializer: OctetCoding(),
                deserializer: OctetCoding(),
                options: .defaults
            ) { response in
                try await response.messages.reduce(into: 0) { $0 += $1 == large ? 1 : 0 }
            }
            #expect(answer == 3)
        }
        configuration.tls?.identity = nil
        try await calling([.tcp(host: "127.0.0.1", port: port)], configuration: configuration) { client in
            #expect(await failure { try await echo(client) } == .unavailable)
        }
        _ = await server.finish()
    }
}

extension Certificates {
    /// A server that asks its clients for certificates.
    fileprivate var server: HTTP2ServerTLS {
        HTTP2ServerTLS(
            certificateChainPath: path("server.pem"),
            privateKeyPath: path("server.key"),
            clientTrustPath: path("root.pem")
        )
    }

    fileprivate var client: HTTP2ClientTLS {
        HTTP2ClientTLS(
            trustPath: path("root.pem"),
            identity: .init(certificateChainPath: path("client.pem"), privateKeyPath: path("client.key")),
            serverName: "localhost"
        )
    }
}
