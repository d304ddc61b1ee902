internal import GRPCCore

/// Takes the parts of a request from GRPCCore; waits while the server reads more slowly than the caller writes.
struct RequestWriter: ClosableRPCWriterProtocol {
    typealias Element = RPCRequestPart<[UInt8]>

    let stream: ClientStream

    func write(_ element: Element) async throws {
        if try queue(element) { try await stream.outbox.waitForRoom() }
    }

    func write(contentsOf elements: some Sequence<Element>) async throws {
        for element in elements where try queue(element) {
            try await stream.outbox.waitForRoom()
        }
    }

    private func queue(_ element: Element) throws(RPCError) -> Bool {
        if case .message(let bytes) = element, bytes.count > stream.maxRequestMessageBytes {
            throw RPCError(
                code: .resourceExhausted,
                message: "message of \(bytes.count) octets exceeds the limit of \(stream.maxRequestMessageBytes)"
            )
        }
        return try stream.write { state throws(RPCError) in
            switch element {
            case .metadata(let metadata): try state.open(metadata)
            case .message(let bytes): try state.append(bytes)
            }
        }
    }

    func finish() async {
        _ = try? stream.write { state throws(RPCError) in try state.finish(.endOfStream) }
    }

    func finish(throwing error: any Error) async {
        stream.cancel(error as? RPCError ?? RPCError(code: .cancelled, message: "request was given up", cause: error))
    }
}

/// The parts of an answer, as GRPCCore reads them.
struct ResponseParts: AsyncSequence, Sendable {
    typealias Element = RPCResponsePart<[UInt8]>
    typealias Failure = any Error

    let stream: ClientStream

    struct AsyncIterator: AsyncIteratorProtocol {
        let stream: ClientStream

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
            try await stream.inbox.next(onTake: stream.callerTook)
        }

        mutating func next() async throws -> Element? {
            try await next(isolation: nil)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: stream) }
}
