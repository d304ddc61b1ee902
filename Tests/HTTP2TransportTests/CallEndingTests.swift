import GRPCCore
import Testing

@testable import HTTP2Transport

@Suite(.timeLimit(.minutes(2))) struct CallEndingTests {
    @Test func `a deadline ends the call for its caller`() async throws {
        try await EchoPair.run { pair in
            var options = CallOptions.defaults
            options.timeout = .milliseconds(200)
            let code = await failure { try await pair.readAll(EchoService.hang, options: options) }
            #expect(code == .deadlineExceeded)
        }
    }

    @Test func `a deadline ends the call in the server, whoever calls`() async throws {
        try await EchoPair.run { pair in
            let peer = try await RawPeer.connect(to: pair.address)
            try await peer.greet()
            try await peer.send(Frame.request(1, "Hang", timeout: "100m"))
            try await eventually { pair.witness.cancelledCalls == 1 }
            try await eventually {
                peer.frames.contains { $0.type == 1 && $0.flags & Frame.Flag.endStream != 0 }
            }
        }
    }

    @Test func `a handler learns how much time is left`() async throws {
        try await EchoPair.run { pair in
            var options = CallOptions.defaults
            options.timeout = .seconds(100)
            let left = try await pair.unary(EchoService.time, [], options: options).message
            #expect(["98", "99"].contains(String(decoding: left, as: UTF8.self)))
            let none = try await pair.unary(EchoService.time, []).message
            #expect(String(decoding: none, as: UTF8.self) == "none")
        }
    }

    @Test func `cancelling a call cancels its handler`() async throws {
        try await EchoPair.run { pair in
            let (started, starter) = AsyncStream.makeStream(of: Void.self)
            let call = Task {
                try await pair.stream(EchoService.hang) { _ in
                } _: { response in
                    for try await _ in response.messages { starter.yield() }
                }
            }
            for await _ in started { break }
            call.cancel()
            await #expect(throws: (any Error).self) { try await call.value }
            try await eventually { pair.witness.cancelledCalls == 1 }
        }
    }

    @Test func `returning early from a stream cancels its handler`() async throws {
        try await EchoPair.run { pair in
            try await pair.stream(EchoService.hang) { _ in
            } _: { response in
                for try await _ in response.messages { break }
            }
            try await eventually { pair.witness.cancelledCalls == 1 }
        }
    }

    @Test func `a slow reader holds its writer back`() async throws {
        try await EchoPair.run { pair in
            try await pair.stream(EchoService.flood) { _ in
            } _: { response in
                var iterator = response.messages.makeAsyncIterator()
                _ = try await iterator.next()
                try await standstill { pair.witness.sentMessages }
                // 256 KiB of window, 64 KiB of queue, some in sockets, and the message being written.
                #expect(pair.witness.sentMessages < 1000)
                for _ in 0..<3000 { _ = try await iterator.next() }
                #expect(pair.witness.sentMessages > 3000)
            }
        }
    }

    @Test func `a slow handler holds its caller back`() async throws {
        try await EchoPair.run { pair in
            let written = Counter()
            // The handler of Hang reads nothing.
            let call = Task {
                try await pair.stream(EchoService.hang) { writer in
                    while true {
                        try await writer.write([UInt8](repeating: 1, count: 1000))
                        written.add()
                    }
                } _: { response in
                    for try await _ in response.messages {}
                }
            }
            try await eventually { written.value > 100 }
            try await standstill { written.value }
            #expect(written.value < 1000)
            call.cancel()
            _ = try? await call.value
        }
    }

    @Test func `a request message over the server's limit is refused`() async throws {
        var server = HTTP2ServerConfiguration.defaults
        server.maxRequestMessageBytes = 1000
        try await EchoPair.run(server: server) { pair in
            let fitting = try await pair.unary(EchoService.unary, [UInt8](repeating: 1, count: 1000)).message
            #expect(fitting.count == 1000)
            let response = try await pair.unary(EchoService.unary, [UInt8](repeating: 1, count: 1001))
            #expect(response.failureCode == .resourceExhausted)
        }
    }

    @Test func `an answer over the caller's limit is refused`() async throws {
        try await EchoPair.run { pair in
            var options = CallOptions.defaults
            options.maxResponseMessageBytes = 10
            let response = try await pair.unary(EchoService.unary, [UInt8](repeating: 1, count: 11), options: options)
            #expect(response.failureCode == .resourceExhausted)
        }
    }

    @Test func `headers over the server's limit are refused`() async throws {
        try await EchoPair.run { pair in
            let long = String(repeating: "x", count: 17_000)
            let response = try await pair.unary(EchoService.unary, [1], metadata: ["long": .string(long)])
            #expect(response.failureCode == .resourceExhausted)
            let answer = try await pair.unary(EchoService.unary, [1]).message
            #expect(answer == [1])
        }
    }

    @Test func `metadata that cannot travel fails the call`() async throws {
        try await EchoPair.run { pair in
            let response = try await pair.unary(EchoService.unary, [1], metadata: ["name": "line\nbreak"])
            #expect(response.failureCode == .internalError)
        }
    }
}
