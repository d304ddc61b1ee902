internal import GRPCCore

/// The parts of a request, as GRPCCore reads them.
struct RequestParts: AsyncSequence, Sendable {
    typealias Element = RPCRequestPart<[UInt8]>
    typealias Failure = any Error

    let stream: ServerStream

    struct AsyncIterator: AsyncIteratorProtocol {
        let stream: ServerStream

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
            try await stream.inbox.next(onTake: stream.handlerTook)
        }

        mutating func next() async throws -> Element? {
            try await next(isolation: nil)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: stream) }
}

/// Takes the parts of an answer from GRPCCore; waits while the client reads more slowly than the handler writes.
struct ResponseWriter: ClosableRPCWriterProtocol {
    typealias Element = RPCResponsePart<[UInt8]>

    let stream: ServerStream

    func write(_ element: Element) async throws {
        if try queue(element) { try await stream.outbox.waitForRoom() }
    }

    func write(contentsOf elements: some Sequence<Element>) async throws {
        for element in elements where try queue(element) {
            try await stream.outbox.waitForRoom()
        }
    }

    private func queue(_ element: Element) throws(RPCError) -> Bool {
        try stream.write { state throws(RPCError) in
            switch element {
            case .metadata(let metadata): try state.open(metadata)
            case .message(let bytes): try state.append(bytes)
            case .status(let status, let metadata): try state.finish(.trailers(status, metadata))
            }
        }
    }

    /// The status has ended the answer already; the transport adds one where a handler wrote none.
    func finish() async {}

    func finish(throwing error: any Error) async {
        let status = Status(code: .unknown, message: "answer was given up")
        _ = try? stream.write { state throws(RPCError) in try state.finish(.trailers(status, [:])) }
    }
}
