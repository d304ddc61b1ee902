import GRPCCore

/// Each side's client with each side's server, in every way the reference knows.
struct Conformance {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    func run() async throws {
        for server in Side.allCases {
            let child = try Child(["serve", server.rawValue])
            defer { child.stop() }
            let port = Int(child.line()) ?? 0
            for client in Side.allCases where client != server {
                try await client.connected(port: port, Cases())
                print("client: \(client.rawValue), server: \(server.rawValue): ok")
            }
        }
    }

    private struct Cases: CallBody {
        func run(_ client: GRPCClient<some ClientTransport>) async throws {
            try await named("unary") { try await unary(client) }
            try await named("statuses") { try await statuses(client) }
            try await named("stream") { try await stream(client) }
            try await named("chat") { try await chat(client) }
            try await named("large messages") { try await large(client) }
            try await named("deadline") { try await deadline(client) }
        }

        /// Lets the error of `body` say which case it was.
        private func named(_ name: String, _ body: () async throws -> Void) async throws {
            do {
                try await body()
            } catch {
                throw Failure(description: "\(name): \(error)")
            }
        }

        private func expect(_ isRight: Bool, _ what: String) throws {
            if !isRight { throw Failure(description: what) }
        }

        private func call(
            _ client: GRPCClient<some ClientTransport>,
            _ method: MethodDescriptor,
            _ messages: [[UInt8]],
            metadata: Metadata = [:],
            options: CallOptions = .defaults
        ) async throws -> (messages: [[UInt8]], head: Metadata) {
            try await client.bidirectionalStreaming(
                request: StreamingClientRequest(metadata: metadata) { writer in
                    for message in messages { try await writer.write(message) }
                },
                descriptor: method,
                serializer: Octets(),
                deserializer: Octets(),
                options: options
            ) { response in
                let all = try await response.messages.reduce(into: [[UInt8]]()) { $0.append($1) }
                return (all, response.metadata)
            }
        }

        private func unary(_ client: GRPCClient<some ClientTransport>) async throws {
            let answer = try await call(client, Workload.unary, [Workload.request]).messages
            try expect(answer == [Workload.response], "unary")
        }

        private func statuses(_ client: GRPCClient<some ClientTransport>) async throws {
            for number in 1...16 as ClosedRange<UInt8> {
                do {
                    _ = try await call(client, Workload.fail, [[number]])
                    try expect(false, "status \(number) did not fail")
                } catch let error as RPCError {
                    try expect(Status.Code(error.code).rawValue == Int(number), "status \(number): \(error)")
                    try expect(error.message == "für ☃ 100%", "message \(error.message)")
                    try expect(Array(error.metadata[stringValues: "why"]) == ["asked"], "trailers of \(number)")
                }
            }
        }

        private func stream(_ client: GRPCClient<some ClientTransport>) async throws {
            let answer = try await call(client, Workload.stream, [Workload.request]).messages
            try expect(answer.count == Workload.messagesPerStream, "stream of \(answer.count)")
        }

        private func chat(_ client: GRPCClient<some ClientTransport>) async throws {
            let messages = (UInt8.min..<200).map { [$0] }
            let metadata: Metadata = ["x-text": "value", "x-raw-bin": .binary([0, 1, 255])]
            let answer = try await call(client, Workload.chat, messages, metadata: metadata)
            try expect(answer.messages == messages, "chat")
            try expect(Array(answer.head[stringValues: "x-text"]) == ["value"], "text metadata \(answer.head)")
            try expect(
                Array(answer.head[binaryValues: "x-raw-bin"]) == [[0, 1, 255]],
                "binary metadata \(answer.head)"
            )
        }

        private func large(_ client: GRPCClient<some ClientTransport>) async throws {
            let message = [UInt8](repeating: 3, count: 3_000_000)
            let answer = try await call(client, Workload.chat, [message, [], message]).messages
            try expect(answer == [message, [], message], "large messages")
        }

        private func deadline(_ client: GRPCClient<some ClientTransport>) async throws {
            var options = CallOptions.defaults
            options.timeout = .milliseconds(300)
            do {
                _ = try await client.bidirectionalStreaming(
                    request: StreamingClientRequest { writer in
                        try await writer.write([1])
                        try await Task.sleep(for: .seconds(60))
                    },
                    descriptor: Workload.chat,
                    serializer: Octets(),
                    deserializer: Octets(),
                    options: options
                ) { response in
                    for try await _ in response.messages {}
                }
                try expect(false, "no deadline")
            } catch let error as RPCError {
                try expect(error.code == .deadlineExceeded, "deadline: \(error)")
            }
        }
    }
}
