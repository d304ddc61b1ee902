import GRPCCore
import Testing

@testable import HTTP2Transport

@Suite(.timeLimit(.minutes(2))) struct ReconnectTests {
    @Test func `a call to nobody is unavailable at once`() async throws {
        try await calling([.unix(path: "/nonexistent/socket")]) { client in
            let code = await failure { try await echo(client) }
            #expect(code == .unavailable)
        }
    }

    @Test func `a call that waits is answered once there is a server`() async throws {
        let path = "/tmp/sluice-h2-\(UInt64.random(in: 0...UInt64.max)).sock"
        try await calling([.unix(path: path)]) { client in
            let waiting = Task { try await echo(client, waitForReady: true) }
            let code = await failure { try await echo(client) }
            #expect(code == .unavailable)
            try await serving(at: .unix(path: path)) { _ in
                let answer = try await waiting.value
                #expect(answer == "ok")
            }
        }
    }

    @Test func `a client finds its server again after a restart`() async throws {
        let path = "/tmp/sluice-h2-\(UInt64.random(in: 0...UInt64.max)).sock"
        try await calling([.unix(path: path)]) { client in
            for _ in 0..<3 {
                try await serving(at: .unix(path: path)) { _ in
                    let answer = try await echo(client, waitForReady: true)
                    #expect(answer == "ok")
                }
            }
        }
    }

    @Test func `a waiting call can be cancelled`() async throws {
        try await calling([.unix(path: "/nonexistent/socket")]) { client in
            let call = Task { try await echo(client, waitForReady: true) }
            try await Task.sleep(for: .milliseconds(20))
            call.cancel()
            await #expect(throws: (any Error).self) { try await call.value }
        }
    }

    @Test func `calls in flight end before a server does`() async throws {
        try await EchoPair.run { pair in
            let (questions, asker) = AsyncStream.makeStream(of: [UInt8].self)
            let count = try await pair.stream(EchoService.chat) { writer in
                for await question in questions { try await writer.write(question) }
            } _: { response in
                pair.server.beginGracefulShutdown()
                asker.yield([1])
                var count = 0
                for try await _ in response.messages {
                    count += 1
                    if count == 100 { asker.finish() } else { asker.yield([1]) }
                }
                return count
            }
            #expect(count == 100)
        }
    }
}
