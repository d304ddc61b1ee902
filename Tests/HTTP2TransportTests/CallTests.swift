import GRPCCore
import NIOCore
import NIOPosix
import Testing

@testable import HTTP2Transport

@Suite(.timeLimit(.minutes(2))) struct CallTests {
    @Test func `a unary call brings its message and metadata back`() async throws {
        try await EchoPair.run { pair in
            let metadata: Metadata = ["name": "value", "name": "second", "raw-bin": .binary([0, 255, 7])]
            let response = try await pair.unary(EchoService.unary, [1, 2, 3], metadata: metadata)
            #expect(try response.message == [1, 2, 3])
            #expect(Array(response.metadata[stringValues: "name"]) == ["value", "second"])
            #expect(Array(response.metadata[binaryValues: "raw-bin"]) == [[0, 255, 7]])
            #expect(Array(response.trailingMetadata[binaryValues: "raw-bin"]) == [[0, 255, 7]])
        }
    }

    @Test func `an empty message arrives as one`() async throws {
        try await EchoPair.run { pair in
            let answer = try await pair.unary(EchoService.unary, []).message
            #expect(answer == [])
        }
    }

    @Test func `a request's messages arrive in order`() async throws {
        try await EchoPair.run { pair in
            let all = try await pair.stream(EchoService.collect) { writer in
                for octet in UInt8.min..<200 { try await writer.write([octet]) }
            } _: { response in
                try await response.messages.reduce(into: []) { $0 += $1 }
            }
            #expect(all == Array(UInt8.min..<200))
        }
    }

    @Test func `an answer's messages arrive in order`() async throws {
        try await EchoPair.run { pair in
            let all = try await pair.stream(EchoService.expand) { writer in
                try await writer.write(Array(UInt8.min..<200))
            } _: { response in
                try await response.messages.reduce(into: []) { $0 += $1 }
            }
            #expect(all == Array(UInt8.min..<200))
        }
    }

    @Test func `both sides of a call talk in turns`() async throws {
        try await EchoPair.run { pair in
            let (questions, asker) = AsyncStream.makeStream(of: [UInt8].self)
            let trailers = try await pair.stream(EchoService.chat) { writer in
                for await question in questions { try await writer.write(question) }
            } _: { response in
                #expect(Array(response.metadata[stringValues: "opened"]) == ["yes"])
                asker.yield([0])
                var last: UInt8 = 0
                for try await part in try response.accepted.get().bodyParts {
                    switch part {
                    case .message(let answer):
                        #expect(answer == [last])
                        last += 1
                        if last == 50 { asker.finish() } else { asker.yield([last]) }
                    case .trailingMetadata(let metadata):
                        return metadata
                    }
                }
                return [:]
            }
            #expect(Array(trailers[stringValues: "closed"]) == ["yes"])
        }
    }

    @Test(arguments: 1...16) func `a handler's status reaches the caller`(code: Int) async throws {
        try await EchoPair.run { pair in
            let response = try await pair.unary(EchoService.fail, [UInt8(code)])
            let error = #expect(throws: RPCError.self) { try response.message }
            #expect(error.map { Status.Code($0.code).rawValue } == code)
            #expect(error?.message == "wished für ☃ 100%")
            #expect(error.map { Array($0.metadata[stringValues: "why"]) } == ["asked"])
        }
    }

    @Test func `an unknown method is unimplemented`() async throws {
        try await EchoPair.run { pair in
            let response = try await pair.unary(EchoService.missing, [1])
            #expect(throws: RPCError.self) { try response.message }
            #expect(response.failureCode == .unimplemented)
        }
    }

    @Test func `a message far longer than the window arrives whole`() async throws {
        var server = HTTP2ServerConfiguration.defaults
        server.streamWindowBytes = 65_535
        server.maxRequestMessageBytes = 20_000_000
        var client = HTTP2ClientConfiguration.defaults
        client.streamWindowBytes = 65_535
        client.maxResponseMessageBytes = 20_000_000
        try await EchoPair.run(server: server, client: client) { pair in
            let message = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let answer = try await pair.unary(EchoService.unary, message).message
            #expect(answer == message)
        }
    }

    @Test func `many calls share one connection`() async throws {
        try await EchoPair.run { pair in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<2000 {
                    group.addTask {
                        let message = Array("\(number)".utf8)
                        return try await pair.unary(EchoService.unary, message).message == message
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func `calls go over a unix socket`() async throws {
        let path = "/tmp/sluice-h2-\(UInt64.random(in: 0...UInt64.max)).sock"
        try await EchoPair.run(listen: .unix(path: path)) { pair in
            let answer = try await pair.unary(EchoService.unary, [9]).message
            #expect(answer == [9])
        }
    }

    @Test func `a call made on a loop stays on it`() async throws {
        try await EchoPair.run { pair in
            let loop = pair.loops.next()
            let executor = EventLoopTaskExecutor.of(loop)
            let task = Task(executorPreference: executor) {
                let before = loop.inEventLoop
                let message = try await pair.unary(EchoService.unary, [4]).message
                return (before, message, loop.inEventLoop)
            }
            let (before, message, after) = try await task.value
            #expect(before && after)
            #expect(message == [4])
        }
    }

    @Test func `calls made on a loop share one connection, which is that loop's own`() async throws {
        try await EchoPair.run { pair in
            var connections: [Set<[UInt8]>] = []
            for loop in pair.loops.makeIterator() {
                let task = Task(executorPreference: EventLoopTaskExecutor.of(loop)) {
                    var seen: Set<[UInt8]> = []
                    for _ in 0..<10 { seen.insert(try await pair.unary(EchoService.caller, []).message) }
                    return seen
                }
                connections.append(try await task.value)
            }
            #expect(connections.map(\.count) == [1, 1])
            #expect(connections[0] != connections[1])
        }
    }
}

extension ClientResponse {
    /// The code with which the call failed, before or after it was accepted.
    var failureCode: RPCError.Code? {
        do {
            _ = try message
            return nil
        } catch {
            return (error as? RPCError)?.code
        }
    }
}
