import GRPCCore

/// The calls of the cases, made with one client.
struct ConformanceCalls<Transport: ClientTransport>: Sendable {
    let client: GRPCClient<Transport>
    let pair: Conformance.Pair
    let server: Child
    let port: Int

    /// All of an answer.
    struct Answer: Sendable {
        var messages: [[UInt8]]
        var head: Metadata
        var trailers: Metadata
    }

    func expect(_ isRight: Bool, _ what: String) throws {
        if !isRight { throw Conformance.Failure(description: what) }
    }

    /// Sends `messages`, ends the request and reads the answer.
    func call(
        _ method: MethodDescriptor,
        _ messages: [[UInt8]],
        metadata: Metadata = [:],
        options: CallOptions = .patient
    ) async throws -> Answer {
        try await exchange(method, metadata: metadata, options: options) { writer in
            for message in messages { try await writer.write(message) }
        } _: { response in
            var answer = Answer(messages: [], head: response.metadata, trailers: [:])
            for try await part in try response.accepted.get().bodyParts {
                switch part {
                case .message(let message): answer.messages.append(message)
                case .trailingMetadata(let metadata): answer.trailers = metadata
                }
            }
            return answer
        }
    }

    func exchange<Result: Sendable>(
        _ method: MethodDescriptor,
        metadata: Metadata = [:],
        options: CallOptions = .patient,
        _ producer: @escaping @Sendable @concurrent (RPCWriter<[UInt8]>) async throws -> Void,
        _ onResponse: @escaping @Sendable @concurrent (StreamingClientResponse<[UInt8]>) async throws -> Result
    ) async throws -> Result {
        try await client.bidirectionalStreaming(
            request: StreamingClientRequest(metadata: metadata, producer: producer),
            descriptor: method,
            serializer: Octets(),
            deserializer: Octets(),
            options: options,
            onResponse: onResponse
        )
    }

    /// The error with which `body` fails.
    func failure(_ what: String, _ body: () async throws -> Void) async throws -> RPCError {
        do {
            try await body()
        } catch let error as RPCError {
            return error
        }
        throw Conformance.Failure(description: "\(what) did not fail")
    }

    /// What the server has counted.
    func count(_ method: MethodDescriptor) async throws -> Int {
        let text = try await call(method, [[]]).messages.first ?? []
        return Int(String(decoding: text, as: UTF8.self)) ?? -1
    }

    // Messages

    func unary(options: CallOptions = .patient) async throws {
        let answer = try await client.unary(
            request: ClientRequest(message: Workload.request),
            descriptor: Workload.unary,
            serializer: Octets(),
            deserializer: Octets(),
            options: options
        ) { try $0.message }
        try expect(answer == Workload.response, "answer \(answer)")
    }

    func emptyMessages() async throws {
        let answer = try await call(ConformanceService.chat, [[], [1], []])
        try expect(answer.messages == [[], [1], []], "answer \(answer.messages)")
        let none = try await call(ConformanceService.chat, [])
        try expect(none.messages.isEmpty, "answer \(none.messages)")
    }

    func clientStream() async throws {
        let messages = (UInt8.min..<200).map { [$0] }
        let answer = try await call(ConformanceService.collect, messages)
        try expect(answer.messages == [Array(UInt8.min..<200)], "answer \(answer.messages)")
    }

    func serverStream() async throws {
        let answer = try await call(Workload.stream, [Workload.request])
        try expect(answer.messages.count == Workload.messagesPerStream, "\(answer.messages.count) messages")
        try expect(answer.messages.allSatisfy { $0 == Workload.response }, "other messages")
    }

    func metadata() async throws {
        let raw = (UInt8.min...UInt8.max).map { $0 }
        let messages = (UInt8.min..<200).map { [$0] }
        let metadata: Metadata = ["x-text": "value", "x-text": "second", "x-raw-bin": .binary(raw), "X-Upper": "Case"]
        let answer = try await call(ConformanceService.chat, messages, metadata: metadata)
        try expect(answer.messages == messages, "answer \(answer.messages)")
        for (name, got) in [("head", answer.head), ("trailers", answer.trailers)] {
            try expect(Array(got[stringValues: "x-text"]) == ["value", "second"], "text in \(name) \(got)")
            try expect(Array(got[stringValues: "x-upper"]) == ["Case"], "upper case in \(name) \(got)")
            try expect(Array(got[binaryValues: "x-raw-bin"]) == [raw], "octets in \(name) \(got)")
        }
    }

    /// Asks and answers `count` times; `before` runs once the call has begun.
    func turns(_ count: UInt8, _ before: @escaping @Sendable () async throws -> Void = {}) async throws {
        let (questions, asker) = AsyncStream.makeStream(of: [UInt8].self)
        try await exchange(ConformanceService.chat) { writer in
            for await question in questions { try await writer.write(question) }
        } _: { response in
            asker.yield([0])
            var last: UInt8 = 0
            for try await answer in response.messages {
                try expect(answer == [last], "answer \(answer) to \(last)")
                if last == 0 { try await before() }
                last += 1
                if last == count { asker.finish() } else { asker.yield([last]) }
            }
            try expect(last == count, "\(last) answers")
        }
    }

    func halfClose() async throws {
        let answer = try await call(ConformanceService.expand, [Array(UInt8.min..<200)])
        try expect(answer.messages == (UInt8.min..<200).map { [$0] }, "answer \(answer.messages)")
    }

    func earlyAnswer() async throws {
        let error = try await failure("early answer") {
            try await exchange(ConformanceService.refuse) { writer in
                while !Task.isCancelled { try await writer.write([UInt8](repeating: 1, count: 10_000)) }
            } _: { response in
                for try await _ in response.messages {}
            }
        }
        try expect(error.code == .failedPrecondition, "\(error)")
    }

    func largeMessages() async throws {
        let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let answer = try await call(ConformanceService.chat, [message, [], message])
        try expect(answer.messages == [message, [], message], "other messages")
    }

    func overLimit() async throws {
        let error = try await failure("message of five million octets") {
            _ = try await call(ConformanceService.chat, [[UInt8](repeating: 1, count: 5_000_000)])
        }
        // The reference cuts the stream instead of saying why.
        if pair.server == .ours { try expect(error.code == .resourceExhausted, "\(error)") }
        try await unary()
    }

    func manyCalls() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                let message = Array("\(number)".utf8)
                group.addTask {
                    let answer = try await call(ConformanceService.chat, [message, message])
                    try expect(answer.messages == [message, message], "answer \(answer.messages) to \(number)")
                }
            }
            try await group.waitForAll()
        }
    }
}

extension CallOptions {
    /// Waits for the first connection instead of failing while it is being made.
    static var patient: CallOptions {
        var options = CallOptions.defaults
        options.waitForReady = true
        return options
    }
}
