import GRPCCore
import Logging
import NIOCore
import Testing

@testable import HTTP2Transport

/// Servers that break the rules: the call fails with the status that gRPC gives the breach.
@Suite(.timeLimit(.minutes(2))) struct BadServerTests {
    private static let hello = Frame.settings().octets + Frame.settingsAck.octets
    private static let head = Frame.headers(1, [":status": "200", "content-type": "application/grpc"])

    private func answering(
        _ frames: [Frame],
        logger: Logger = EchoPair.logger
    ) async throws -> (code: RPCError.Code?, message: String) {
        let (address, channel) = try await RawPeer.listen(
            greeting: Self.hello,
            answer: frames.flatMap(\.octets)
        )
        let result = try await calling([address], logger: logger) { client in
            do {
                _ = try await echo(client)
                return (nil, "") as (RPCError.Code?, String)
            } catch {
                return ((error as? RPCError)?.code, (error as? RPCError)?.message ?? "")
            }
        }
        try await channel.close().get()
        return result
    }

    @Test(
        arguments: [
            (0, .internalError), (1, .internalError), (2, .internalError), (7, .unavailable), (8, .cancelled),
            (11, .resourceExhausted), (12, .permissionDenied),
        ] as [(UInt32, RPCError.Code)]
    ) func `a reset has a status`(code: UInt32, expected: RPCError.Code) async throws {
        let answer = try await answering([.reset(1, code)])
        #expect(answer.code == expected)
    }

    @Test(
        arguments: [
            ("400", .internalError), ("401", .unauthenticated), ("403", .permissionDenied), ("404", .unimplemented),
            ("429", .unavailable), ("502", .unavailable), ("503", .unavailable), ("504", .unavailable),
            ("500", .unknown),
        ] as [(String, RPCError.Code)]
    ) func `an HTTP status without gRPC's has one`(
        http: String,
        expected: RPCError.Code
    ) async throws {
        let answer = try await answering([.headers(1, [":status": http, "content-type": "text/html"], ends: true)])
        #expect(answer.code == expected)
        let withBody = try await answering([
            .headers(1, [":status": http, "content-type": "text/html"]), .data(1, Array("sorry".utf8), ends: true),
        ])
        #expect(withBody.code == expected)
    }

    @Test func `an answer that is not gRPC is unknown`() async throws {
        let answer = try await answering([.headers(1, [":status": "200", "content-type": "text/html"])])
        #expect(answer.code == .unknown)
    }

    @Test func `an answer in an unknown encoding is refused`() async throws {
        let answer = try await answering([
            .headers(1, [":status": "200", "content-type": "application/grpc", "grpc-encoding": "zip"])
        ])
        #expect(answer.code == .internalError)
    }

    @Test func `an answer without a status is an error`() async throws {
        let noTrailers = try await answering([Self.head, .message(1, [1], ends: true)])
        #expect(noTrailers.code == .internalError)
        let noStatus = try await answering([Self.head, .message(1, [1]), .headers(1, ["x": "y"], ends: true)])
        #expect(noStatus.code == .unknown)
    }

    @Test func `an answer cut off in a message is an error`() async throws {
        let answer = try await answering([
            Self.head, .data(1, [0, 0, 0, 0, 9, 1]), .headers(1, ["grpc-status": "0"], ends: true),
        ])
        #expect(answer.code == .internalError)
    }

    @Test func `a compressed message is an error`() async throws {
        let answer = try await answering([Self.head, .data(1, [1, 0, 0, 0, 1, 1])])
        #expect(answer.code == .internalError)
    }

    @Test func `a status beyond those known is unknown`() async throws {
        let answer = try await answering([
            .headers(
                1,
                [":status": "200", "content-type": "application/grpc", "grpc-status": "99", "grpc-message": "odd"],
                ends: true
            )
        ])
        #expect(answer.code == .unknown)
        #expect(answer.message == "odd")
    }

    @Test func `informational answers are skipped`() async throws {
        let answer = try await answering([
            .headers(1, [":status": "103"]), Self.head, .headers(1, ["grpc-status": "5"], ends: true),
        ])
        #expect(answer.code == .notFound)
    }

    @Test func `a header bomb ends the connection`() async throws {
        let bomb = Frame.headers(1, [":status": "200", "x": String(repeating: "y", count: 16_000)], whole: false)
        let more = Frame.continuation(1, Frame.literals(["x": String(repeating: "y", count: 16_000)]))
        let book = LogBook()
        let answer = try await answering([bomb, more, more, more, more, more], logger: book.logger)
        #expect(answer.code == .unavailable)
        #expect(book.lines.contains { $0.contains("header list far beyond its limit") }, "\(book.lines)")
    }

    @Test(arguments: [
        [Frame](repeating: .settings(), count: 100), [head] + [Frame](repeating: .data(1, []), count: 5000),
    ]) func `a flood of frames ends the connection, and says so in the log`(frames: [Frame]) async throws {
        let book = LogBook()
        let answer = try await answering(frames, logger: book.logger)
        #expect(answer.code == .unavailable)
        #expect(book.lines.contains { $0.contains("server left for its conduct") }, "\(book.lines)")
    }

    @Test func `a goodbye with an error says why`() async throws {
        let answer = try await answering([.goAway(0, 2, "out of order")])
        #expect(answer.code == .unavailable)
    }

    @Test(arguments: [
        [Frame(type: 5, flags: 4, stream: 1, payload: Frame.number(2))], [Frame.windowUpdate(0, 0)],
        [Frame.data(3, [1])], [Frame(type: 4, payload: [1])],
    ]) func `a frame out of place ends the connection`(frames: [Frame]) async throws {
        let answer = try await answering(frames)
        #expect(answer.code == .unavailable || answer.code == .internalError)
    }

    @Test func `a server that never answers is given up`() async throws {
        let (address, channel) = try await RawPeer.listen(greeting: [])
        var configuration = HTTP2ClientConfiguration.defaults
        configuration.connectTimeout = .milliseconds(200)
        let code = try await calling([address], configuration: configuration) { client in
            await failure { try await echo(client) }
        }
        #expect(code == .unavailable)
        try await channel.close().get()
    }

    @Test func `a server that falls silent is given up`() async throws {
        let (address, channel) = try await RawPeer.listen(greeting: Self.hello)
        var configuration = HTTP2ClientConfiguration.defaults
        configuration.keepAlive = KeepAliveConfiguration(interval: .milliseconds(100), timeout: .milliseconds(100))
        let code = try await calling([address], configuration: configuration) { client in
            await failure { try await echo(client) }
        }
        #expect(code == .unavailable)
        try await channel.close().get()
    }
}
