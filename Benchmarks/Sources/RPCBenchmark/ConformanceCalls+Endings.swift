import GRPCCore

/// How calls end, and what their servers hear of it.
extension ConformanceCalls {
    func statuses(behindMessages count: UInt8) async throws {
        for number in 1...16 as ClosedRange<UInt8> {
            let error = try await failure("status \(number)") {
                let answer = try await call(ConformanceService.fail, [[number, count]])
                throw Conformance.Failure(description: "answer \(answer)")
            }
            try expect(Status.Code(error.code).rawValue == Int(number), "status \(number): \(error)")
            try expect(error.message == "für ☃ 100%", "message \(error.message)")
            try expect(Array(error.metadata[stringValues: "why"]) == ["asked"], "trailers of \(number)")
        }
    }

    func unknownMethod() async throws {
        let error = try await failure("unknown method") { _ = try await call(ConformanceService.missing, [[1]]) }
        try expect(error.code == .unimplemented, "\(error)")
    }

    /// Ours speaks no compression: its client asks for none, its server refuses and says what it takes.
    func compression() async throws {
        var options = CallOptions.patient
        options.compression = .gzip
        let message = [UInt8](repeating: 1, count: 10_000)
        guard pair.client == .reference, pair.server == .ours else {
            let answer = try await call(ConformanceService.chat, [message], options: options)
            return try expect(answer.messages == [message], "answer \(answer.messages)")
        }
        let error = try await failure("compressed request") {
            _ = try await call(ConformanceService.chat, [message], options: options)
        }
        try expect(error.code == .unimplemented, "\(error)")
        try expect(Array(error.metadata[stringValues: "grpc-accept-encoding"]) == ["identity"], "\(error.metadata)")
        try await unary()
    }

    /// Sees that `body` makes the handler of a call hear that it is cancelled.
    private func cancelling(_ body: () async throws -> Void) async throws {
        let before = try await count(ConformanceService.cancelled)
        try await body()
        try await eventually("the handler's cancellation") {
            try await count(ConformanceService.cancelled) == before + 1
        }
    }

    func deadline() async throws {
        var options = CallOptions.patient
        options.timeout = .milliseconds(300)
        try await cancelling {
            let error = try await failure("deadline") {
                try await exchange(ConformanceService.hang, options: options) { writer in
                    try await writer.write([1])
                    try await Task.sleep(for: .seconds(60))
                } _: { response in
                    for try await _ in response.messages {}
                }
            }
            try expect(error.code == .deadlineExceeded, "\(error)")
        }
    }

    func cancellation() async throws {
        try await cancelling {
            let (started, starter) = AsyncStream.makeStream(of: Void.self)
            let call = Task {
                try await exchange(ConformanceService.hang) { _ in
                } _: { response in
                    for try await _ in response.messages { starter.yield() }
                }
            }
            for await _ in started { break }
            call.cancel()
            _ = await call.result
        }
    }

    func leaving() async throws {
        try await cancelling {
            try await exchange(ConformanceService.hang) { _ in
            } _: { response in
                for try await _ in response.messages { break }
            }
        }
    }

    func slowReader() async throws {
        try await exchange(ConformanceService.flood) { _ in
        } _: { response in
            var iterator = response.messages.makeAsyncIterator()
            _ = try await iterator.next()
            var seen = -1
            try await eventually("standstill of the writer") {
                try await Task.sleep(for: .milliseconds(300))
                let sent = try await count(ConformanceService.sent)
                defer { seen = sent }
                return sent == seen
            }
            for _ in 0..<seen + 1000 { _ = try await iterator.next() }
            let sent = try await count(ConformanceService.sent)
            try expect(sent > seen, "the writer did not go on")
        }
    }

    // The server's end

    /// Calls that are open when the server drains go on to their end; those that come later are unavailable.
    func goAway() async throws {
        try await unary()
        let begun = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await turns(50) {
                        begun.add()
                        try await eventually("the start of all calls") { begun.value >= 21 }
                    }
                }
            }
            for _ in 0..<4 { group.addTask { try await untilUnavailable() } }
            try await eventually("the start of the calls") { begun.value == 20 }
            server.say("drain")
            begun.add()
            try await group.waitForAll()
        }
        try await eventually("the server's end") { server.hasEnded }
    }

    /// Calls again and again until the server is gone.
    private func untilUnavailable() async throws {
        let error = try await failure("calls to a server that goes away") {
            while true { try await unary(options: .defaults) }
        }
        try expect(error.code == .unavailable, "\(error)")
    }

    func restart() async throws {
        try await unary()
        server.say("drain")
        try await eventually("the server's end") { server.hasEnded }
        let second = try Child(["serve", pair.server.rawValue, "\(port)"])
        defer { second.stop() }
        try expect(second.line() == "\(port)", "the port is taken")
        let answer = try await call(ConformanceService.chat, [[1]])
        try expect(answer.messages == [[1]], "answer \(answer.messages)")
    }
}
