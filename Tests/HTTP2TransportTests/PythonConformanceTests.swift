import GRPCCore
import Testing

@testable import HTTP2Transport

/// Python's grpcio (the C core's other face) as the peer.
@Suite(needs(Helper.hasPython), .timeLimit(.minutes(3))) struct PythonConformanceTests {
    @Test func `grpcio calls our server in every way`() async throws {
        try await EchoPair.run { pair in
            let client = try Helper(fixture: "echo_client.py", pair.address.description)
            let (output, isSuccess) = await client.finish()
            #expect(isSuccess, "\(output)")
            #expect(output.split(separator: "\n").count == 16)
        }
    }

    @Test func `grpcio loses no call when our server goes away`() async throws {
        try await EchoPair.run { pair in
            let client = try Helper(fixture: "echo_client.py", pair.address.description, "goaway_under_load")
            #expect(await client.line() == "ready")
            try await Task.sleep(for: .milliseconds(200))
            pair.server.beginGracefulShutdown()
            let (output, isSuccess) = await client.finish()
            #expect(isSuccess, "\(output)")
        }
    }

    /// Runs `body` with a client of grpcio's server.
    private func calling(
        _ body: (GRPCClient<HTTP2ClientTransport>, Helper) async throws -> Void
    ) async throws {
        let server = try Helper(fixture: "echo_server.py")
        let port = try #require(await server.line().flatMap { Int($0) })
        try await HTTP2TransportTests.calling([.tcp(host: "127.0.0.1", port: port)]) { client in
            try await body(client, server)
        }
        _ = await server.finish()
    }

    private func unary(
        _ client: GRPCClient<HTTP2ClientTransport>,
        _ method: MethodDescriptor,
        _ message: [UInt8],
        metadata: Metadata = [:],
        options: CallOptions = .defaults
    ) async throws -> ClientResponse<[UInt8]> {
        try await client.unary(
            request: ClientRequest(message: message, metadata: metadata),
            descriptor: method,
            serializer: OctetCoding(),
            deserializer: OctetCoding(),
            options: options
        ) { $0 }
    }

    private func stream(
        _ client: GRPCClient<HTTP2ClientTransport>,
        _ method: MethodDescriptor,
        _ messages: [[UInt8]]
    ) async throws -> [[UInt8]] {
        try await client.bidirectionalStreaming(
            request: StreamingClientRequest { writer in
                for message in messages { try await writer.write(message) }
            },
            descriptor: method,
            serializer: OctetCoding(),
            deserializer: OctetCoding(),
            options: .defaults
        ) { response in
            try await response.messages.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `our client calls grpcio's server in all four ways`() async throws {
        try await calling { client, _ in
            let single = try await unary(client, EchoService.unary, [1, 2, 3]).message
            #expect(single == [1, 2, 3])
            let octets = (UInt8.min..<200).map { [$0] }
            let collected = try await stream(client, EchoService.collect, octets)
            #expect(collected == [octets.flatMap { $0 }])
            let expanded = try await stream(client, EchoService.expand, [octets.flatMap { $0 }])
            #expect(expanded == octets)
            let chatted = try await stream(client, EchoService.chat, octets)
            #expect(chatted == octets)
        }
    }

    @Test func `large messages and many streams reach grpcio's server`() async throws {
        try await calling { client, _ in
            let large = [UInt8](repeating: 5, count: 3_500_000)
            let answer = try await unary(client, EchoService.unary, large).message
            #expect(answer == large)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let message = Array("\(number)".utf8)
                        return try await unary(client, EchoService.unary, message).message == message
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func `metadata travel to grpcio's server and back`() async throws {
        try await calling { client, _ in
            let raw = (UInt8.min...UInt8.max).map { $0 }
            let metadata: Metadata = ["x-text": "value", "x-text": "second", "x-raw-bin": .binary(raw)]
            let response = try await unary(client, EchoService.unary, [1], metadata: metadata)
            for got in [response.metadata, response.trailingMetadata] {
                #expect(Array(got[stringValues: "x-text"]) == ["value", "second"])
                #expect(Array(got[binaryValues: "x-raw-bin"]) == [raw])
            }
        }
    }

    @Test func `every status of grpcio's server reaches our client`() async throws {
        try await calling { client, _ in
            for number in 1...16 as ClosedRange<UInt8> {
                let response = try await unary(client, EchoService.fail, [number])
                let error = #expect(throws: RPCError.self) { try response.message }
                #expect(error.map { Status.Code($0.code).rawValue } == Int(number))
                #expect(error?.message == "wished für ☃ 100%")
                #expect(error.map { Array($0.metadata[stringValues: "why"]) } == ["asked"])
            }
            let response = try await unary(client, EchoService.missing, [1])
            #expect(response.failureCode == .unimplemented)
        }
    }

    @Test func `a deadline and a cancellation reach grpcio's server`() async throws {
        try await calling { client, _ in
            var options = CallOptions.defaults
            options.timeout = .seconds(3)
            let code = await failure {
                try await client.serverStreaming(
                    request: ClientRequest(message: [1]),
                    descriptor: EchoService.hang,
                    serializer: OctetCoding(),
                    deserializer: OctetCoding(),
                    options: options
                ) { response in
                    for try await _ in response.messages {}
                }
            }
            #expect(code == .deadlineExceeded)
            let ended = try await unary(client, EchoService.cancellations, []).message
            #expect(ended == Array("yes".utf8))
            try await client.serverStreaming(
                request: ClientRequest(message: [1]),
                descriptor: EchoService.hang,
                serializer: OctetCoding(),
                deserializer: OctetCoding(),
                options: .defaults
            ) { response in
                for try await _ in response.messages { break }
            }
            let endedToo = try await unary(client, EchoService.cancellations, []).message
            #expect(endedToo == Array("yes".utf8))
        }
    }

    @Test func `our client loses no call when grpcio's server goes away`() async throws {
        try await calling { client, server in
            var answered = 0
            while true {
                do {
                    let answer = try await unary(client, EchoService.unary, [1]).message
                    #expect(answer == [1])
                    answered += 1
                } catch {
                    // CANCELLED is what its server says to a call that comes while it ends.
                    let code = (error as? RPCError)?.code
                    #expect(code == .unavailable || code == .cancelled)
                    break
                }
                if answered == 100 { try server.write("5") }
            }
            #expect(answered >= 100)
        }
    }
}
