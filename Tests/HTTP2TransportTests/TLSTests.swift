import Foundation
import GRPCCore
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import HTTP2Transport

@Suite(needs(Certificates.isAvailable), .timeLimit(.minutes(2))) struct TLSTests {
    private func serverTLS(_ certificates: Certificates, mutual: Bool = false) -> HTTP2ServerTLS {
        HTTP2ServerTLS(
            certificateChainPath: certificates.path("server.pem"),
            privateKeyPath: certificates.path("server.key"),
            clientTrustPath: mutual ? certificates.path("root.pem") : nil,
            reloadInterval: .milliseconds(50)
        )
    }

    private func clientTLS(_ certificates: Certificates, identity: String? = nil) -> HTTP2ClientTLS {
        HTTP2ClientTLS(
            trustPath: certificates.path("root.pem"),
            identity: identity.map {
                .init(
                    certificateChainPath: certificates.path("\($0).pem"),
                    privateKeyPath: certificates.path("\($0).key")
                )
            },
            serverName: "localhost"
        )
    }

    /// The code with which a unary call fails between these two; nil if it does not.
    private func outcome(_ server: HTTP2ServerTLS?, _ client: HTTP2ClientTLS?) async throws -> RPCError.Code? {
        var serverConfiguration = HTTP2ServerConfiguration.defaults
        serverConfiguration.tls = server
        serverConfiguration.handshakeTimeout = .seconds(2)
        var clientConfiguration = HTTP2ClientConfiguration.defaults
        clientConfiguration.tls = client
        clientConfiguration.connectTimeout = .seconds(2)
        return try await serving(at: .tcp(host: "127.0.0.1", port: 0), configuration: serverConfiguration) { address in
            try await calling([address], configuration: clientConfiguration) { client in
                await failure { try await echo(client) }
            }
        }
    }

    @Test func `calls go over TLS`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let code = try await outcome(serverTLS(certificates), clientTLS(certificates))
        #expect(code == nil)
    }

    @Test func `calls go over mutual TLS`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let code = try await outcome(
            serverTLS(certificates, mutual: true),
            clientTLS(certificates, identity: "client")
        )
        #expect(code == nil)
    }

    @Test(arguments: [nil, "stranger"]) func `a client nobody vouches for is refused`(identity: String?) async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let code = try await outcome(
            serverTLS(certificates, mutual: true),
            clientTLS(certificates, identity: identity)
        )
        #expect(code == .unavailable)
    }

    @Test func `a server nobody vouches for is refused`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        var server = serverTLS(certificates)
        server.certificateChainPath = certificates.path("stranger.pem")
        server.privateKeyPath = certificates.path("stranger.key")
        let code = try await outcome(server, clientTLS(certificates))
        #expect(code == .unavailable)
    }

    @Test func `a server with another name is refused`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        var client = clientTLS(certificates)
        client.serverName = "elsewhere.example"
        let code = try await outcome(serverTLS(certificates), client)
        #expect(code == .unavailable)
    }

    @Test func `clear text and TLS do not mix`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let clear = try await outcome(serverTLS(certificates), nil)
        #expect(clear == .unavailable)
        let sealed = try await outcome(nil, clientTLS(certificates))
        #expect(sealed == .unavailable)
    }

    @Test func `a peer that does not ask for h2 is turned away`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.tls = serverTLS(certificates)
        try await serving(at: .tcp(host: "127.0.0.1", port: 0), configuration: configuration) { address in
            guard case .tcp(let host, let port) = address else { return }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(certificates.path("root.pem"))
            let context = try NIOSSLContext(configuration: tls)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(host: host, port: port).get()
            try await channel.closeFuture.get()
        }
    }

    @Test func `missing certificates stop a server and a client from starting`() async throws {
        var server = HTTP2ServerConfiguration.defaults
        server.tls = HTTP2ServerTLS(certificateChainPath: "/nonexistent.pem", privateKeyPath: "/nonexistent.key")
        let listener = HTTP2ServerTransport(
            address: .tcp(host: "127.0.0.1", port: 0),
            configuration: server,
            logger: EchoPair.logger
        )
        await #expect(throws: HTTP2TransportError.self) { try await listener.listen { _, _ in } }
        var client = HTTP2ClientConfiguration.defaults
        client.tls = HTTP2ClientTLS(trustPath: "/nonexistent.pem")
        let transport = HTTP2ClientTransport(
            targets: [.tcp(host: "127.0.0.1", port: 1)],
            configuration: client,
            logger: EchoPair.logger
        )
        await #expect(throws: HTTP2TransportError.self) { try await transport.connect() }
    }

    @Test func `a renewed certificate serves the next connection without a restart`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.tls = serverTLS(certificates)
        try await serving(at: .tcp(host: "127.0.0.1", port: 0), configuration: configuration) { address in
            let first = try await serialNumber(address, certificates)
            try certificates.issue("server", serial: 77)
            try await eventually { try await serialNumber(address, certificates) != first }
        }
    }

    @Test func `half-renewed certificates keep the old ones in service`() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let store = try CertificateStore(serverTLS(certificates))
        let unchanged = try store.reloadIfChanged()
        #expect(!unchanged)
        let before = store.current
        try "broken".write(toFile: certificates.path("server.pem"), atomically: true, encoding: .utf8)
        #expect(throws: HTTP2TransportError.self) { try store.reloadIfChanged() }
        #expect(store.current === before)
        try certificates.issue("server", serial: 78)
        let reloaded = try store.reloadIfChanged()
        #expect(reloaded)
        #expect(store.current !== before)
    }

    /// The serial number of the certificate that the server shows.
    private func serialNumber(_ address: ServerAddress, _ certificates: Certificates) async throws -> [UInt8] {
        guard case .tcp(let host, let port) = address else { return [] }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(certificates.path("root.pem"))
        tls.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: tls)
        let shown = OctetBox()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(
                        context: context,
                        serverHostname: "localhost",
                        customVerificationCallback: { chain, promise in
                            shown.set(chain.first?.serialNumber ?? [])
                            promise.succeed(.certificateVerified)
                        }
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: host, port: port).get()
        try await eventually { !shown.value.isEmpty }
        try? await channel.close().get()
        return shown.value
    }
}
