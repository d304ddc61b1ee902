import GRPCCore
import Testing

@testable import HTTP2Transport

@Suite(.timeLimit(.minutes(2))) struct LivenessTests {
    @Test func `a client that falls silent is asked, then closed`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.keepAlive = KeepAliveConfiguration(interval: .milliseconds(100), timeout: .milliseconds(100))
        try await EchoPair.run(server: configuration) { pair in
            let peer = try await RawPeer.connect(to: pair.address)
            try await peer.greet()
            try await eventually { peer.frames.contains { $0.type == 6 } }
            try await eventually { peer.isClosed }
        }
    }

    @Test func `a connection whose peer answers stays`() async throws {
        var server = HTTP2ServerConfiguration.defaults
        server.keepAlive = KeepAliveConfiguration(interval: .milliseconds(50), timeout: .seconds(5))
        server.conduct.pingStrikes = 1000
        var client = HTTP2ClientConfiguration.defaults
        client.keepAlive = KeepAliveConfiguration(interval: .milliseconds(30), timeout: .seconds(5))
        try await EchoPair.run(server: server, client: client) { pair in
            var options = CallOptions.defaults
            options.timeout = .milliseconds(500)
            let code = await failure { try await pair.readAll(EchoService.hang, options: options) }
            #expect(code == .deadlineExceeded)
        }
    }

    @Test func `a client scolded for its pings slows down`() async throws {
        var client = HTTP2ClientConfiguration.defaults
        client.keepAlive = KeepAliveConfiguration(interval: .milliseconds(20), timeout: .seconds(5))
        try await EchoPair.run(client: client) { pair in
            // Every ping but the first comes too early; the call falls, and later ones live longer.
            let code = await failure { try await pair.readAll(EchoService.hang) }
            #expect(code == .unavailable)
            var options = CallOptions.defaults
            options.waitForReady = true
            let answer = try await pair.unary(EchoService.unary, [1], options: options).message
            #expect(answer == [1])
        }
    }

    @Test func `an idle client connection is closed and made anew`() async throws {
        var client = HTTP2ClientConfiguration.defaults
        client.idleTimeout = .milliseconds(100)
        try await EchoPair.run(client: client) { pair in
            for _ in 0..<3 {
                let answer = try await pair.unary(EchoService.unary, [1]).message
                #expect(answer == [1])
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    @Test func `an idle server connection is drained`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.idleTimeout = .milliseconds(100)
        try await EchoPair.run(server: configuration) { pair in
            let peer = try await RawPeer.connect(to: pair.address)
            try? await peer.greet()
            try await eventually { peer.goAways.contains { $0.errorCode == 0 } && peer.isClosed }
        }
    }

    @Test func `calls go on while connections grow old`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.maxConnectionAge = .milliseconds(20)
        var client = HTTP2ClientConfiguration.defaults
        client.backoff = BackoffPolicy(initial: .milliseconds(5), maximum: .milliseconds(5))
        client.waitForReady = true
        try await EchoPair.run(server: configuration, client: client) { pair in
            for _ in 0..<300 {
                let answer = try await pair.unary(EchoService.unary, [7]).message
                #expect(answer == [7])
            }
        }
    }

    @Test func `calls in flight at a drain are answered, later ones refused`() async throws {
        try await EchoPair.run { pair in
            let peer = try await RawPeer.connect(to: pair.address)
            try await peer.greet()
            try await peer.send(Frame.request(1, "Collect"))
            try await eventually { peer.frames.contains { $0.type == 4 && $0.flags == 1 } }
            pair.server.beginGracefulShutdown()
            // The notice, with which a stream that is on its way is still taken.
            try await eventually { peer.goAways.first?.payload.prefix(4) == [0x7f, 0xff, 0xff, 0xff] }
            try await peer.send(Frame.request(3, "Unary"), Frame.message(3, [5], ends: true))
            try await eventually { peer.frames.contains { $0.stream == 3 && $0.type == 0 && $0.payload.last == 5 } }
            let ping = peer.frames.first { $0.type == 6 }
            try await peer.send(Frame(type: 6, flags: Frame.Flag.ack, payload: ping?.payload ?? []))
            try await eventually { peer.goAways.last?.payload.prefix(4) == [0, 0, 0, 3] }
            try await peer.send(Frame.message(1, [6], ends: true))
            try await eventually { peer.frames.contains { $0.stream == 1 && $0.type == 0 && $0.payload.last == 6 } }
            try await eventually { peer.isClosed }
        }
    }

    @Test func `the grace period ends calls that do not`() async throws {
        var configuration = HTTP2ServerConfiguration.defaults
        configuration.shutdownGracePeriod = .milliseconds(100)
        try await EchoPair.run(server: configuration) { pair in
            let code = await failure {
                try await pair.stream(EchoService.hang) { _ in
                } _: { response in
                    pair.server.beginGracefulShutdown()
                    for try await _ in response.messages {}
                }
            }
            #expect(code == .unavailable)
            try await eventually { pair.witness.cancelledCalls == 1 }
        }
    }

    @Test func `cancelling a server cuts its calls off`() async throws {
        let transport = HTTP2ServerTransport(
            address: .tcp(host: "127.0.0.1", port: 0),
            logger: EchoPair.logger
        )
        let witness = EchoService.Witness()
        let server = GRPCServer(transport: transport, services: [EchoService(witness: witness)])
        let serving = Task { try await server.serve() }
        let address = try await transport.boundAddress
        let code = try await calling([address]) { client in
            await failure {
                try await client.serverStreaming(
                    request: ClientRequest(message: [1]),
                    descriptor: EchoService.hang,
                    serializer: OctetCoding(),
                    deserializer: OctetCoding(),
                    options: .defaults
                ) { response in
                    for try await _ in response.messages { serving.cancel() }
                }
            }
        }
        #expect(code == .unavailable)
        try await serving.value
        #expect(witness.cancelledCalls == 1)
    }
}
