import GRPCCore
import NIOCore
import NIOPosix
import Testing

@testable import HTTP2Transport

/// Calls of one message each way without GRPCCore's client, and the time-outs that the transport itself sees to.
@Suite(.timeLimit(.minutes(2))) struct UnaryCallTests {
    /// Runs `body` with a client of the echo service that has no GRPCCore around it.
    private static func run(
        _ configure: (inout HTTP2ClientConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (HTTP2ClientTransport, EchoPair) async throws -> Void
    ) async throws {
        var configuration = HTTP2ClientConfiguration.defaults
        configure(&configuration)
        let settled = configuration
        try await EchoPair.run(client: settled) { pair in
            let transport = HTTP2ClientTransport(
                targets: [pair.address],
                configuration: settled,
                eventLoops: pair.loops,
                logger: EchoPair.logger
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await transport.connect() }
                try await body(transport, pair)
                transport.beginGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    @Test func `a message is answered by a message`() async throws {
        try await Self.run { transport, _ in
            for size in [0, 1, 100_000] {
                let message = [UInt8](repeating: 7, count: size)
                let answer = try await transport.unary(EchoService.unary, metadata: ["a": "b"], message: message)
                #expect(answer == message)
            }
        }
    }

    @Test func `a call from a task on a loop stays on its thread's connection`() async throws {
        try await Self.run { transport, pair in
            for loop in pair.loops.makeIterator() {
                let task = Task(executorPreference: EventLoopTaskExecutor.of(loop)) {
                    try await transport.unary(EchoService.unary, metadata: [:], message: [1])
                }
                let answer = try await task.value
                #expect(answer == [1])
            }
        }
    }

    @Test func `a refusal comes with its code, text and metadata`() async throws {
        try await Self.run { transport, _ in
            await #expect {
                _ = try await transport.unary(EchoService.fail, metadata: [:], message: [9])
            } throws: { error in
                let error = error as? RPCError
                return error?.code == .failedPrecondition && error?.message == "wished für ☃ 100%"
                    && error?.metadata[stringValues: "why"].contains("asked") == true
            }
        }
    }

    @Test func `several messages are no answer`() async throws {
        try await Self.run { transport, _ in
            let code = await failure {
                try await transport.unary(EchoService.expand, metadata: [:], message: [1, 2, 3])
            }
            #expect(code == .unimplemented)
        }
    }

    @Test func `cancelling the task resets the call`() async throws {
        try await Self.run { transport, pair in
            // A call that is cancelled before its handler has begun is not noticed by it: then another one is.
            try await eventually {
                let call = Task { try await transport.unary(EchoService.hang, metadata: [:], message: []) }
                for _ in 0..<4 { _ = try await transport.unary(EchoService.unary, metadata: [:], message: []) }
                call.cancel()
                await #expect(throws: (any Error).self) { try await call.value }
                return pair.witness.cancelledCalls > 0
            }
        }
    }

    @Test func `a call ends when its time is up, at both ends`() async throws {
        try await Self.run {
            $0.callTimeout = .milliseconds(200)
        } _: { transport, pair in
            let code = await failure {
                try await transport.unary(EchoService.hang, metadata: [:], message: [])
            }
            #expect(code == .deadlineExceeded)
            try await eventually { pair.witness.cancelledCalls == 1 }
            #expect(await failure { try await pair.readAll(EchoService.hang) } == .deadlineExceeded)
            try await eventually { pair.witness.cancelledCalls == 2 }
            #expect(try await transport.unary(EchoService.unary, metadata: [:], message: [1]) == [1])
        }
    }

    @Test func `the time that is left travels, but not with methods that have all the time`() async throws {
        try await Self.run {
            $0.callTimeout = .seconds(100)
        } _: { transport, _ in
            let left = try await transport.unary(EchoService.time, metadata: [:], message: [])
            #expect(["98", "99", "100"].contains(String(decoding: left, as: UTF8.self)))
        }
        try await Self.run {
            $0.callTimeout = .seconds(100)
            $0.untimedMethods = [EchoService.time]
        } _: { transport, _ in
            let left = try await transport.unary(EchoService.time, metadata: [:], message: [])
            #expect(String(decoding: left, as: UTF8.self) == "none")
        }
    }

    @Test func `a call does not wait for a server longer than its time`() async throws {
        var configuration = HTTP2ClientConfiguration.defaults
        configuration.waitForReady = true
        configuration.callTimeout = .milliseconds(200)
        let transport = HTTP2ClientTransport(
            targets: [.unix(path: "/nonexistent/socket")],
            configuration: configuration,
            logger: EchoPair.logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transport.connect() }
            let code = await failure {
                try await transport.unary(EchoService.unary, metadata: [:], message: [])
            }
            #expect(code == .deadlineExceeded)
            transport.beginGracefulShutdown()
            try await group.waitForAll()
        }
    }

    @Test(arguments: [
        (Duration.seconds(10), "10000m"), (.milliseconds(9_999) + .microseconds(1), "10000m"), (.nanoseconds(1), "1m"),
        (.zero, "1m"), (.seconds(200_000), "200001S"),
    ])
    func `a time-out has at most eight digits`(time: Duration, text: String) {
        #expect(CallTimeout.encode(time) == text)
    }
}
