public import GRPCCore

extension HTTP2ClientTransport {
    /// Sends one message and gives the one that answers it.
    ///
    /// For callers that pass bytes through: it does what a call by GRPCCore's client without interceptors and retries
    /// does, in the caller's own task, which on one of the loops never leaves it. Cancelling the task resets the call.
    ///
    /// - Throws: `RPCError` with the server's status and trailing metadata, or with what kept an answer from coming;
    ///   `CancellationError`.
    public func unary(
        _ method: MethodDescriptor,
        metadata: Metadata,
        message: [UInt8]
    ) async throws -> [UInt8] {
        let call = try call(of: method, options: .defaults)
        _ = try await begin(call)
        return try await withTaskCancellationHandler {
            defer { call.cancel(.givenUp) }
            try call.send(metadata, message)
            return try await call.onlyMessage()
        } onCancel: {
            call.cancel(.givenUp)
        }
    }
}

extension ClientStream {
    /// Queues a request of one message.
    fileprivate func send(_ metadata: Metadata, _ message: [UInt8]) throws(RPCError) {
        _ = try write { state throws(RPCError) in
            try state.open(metadata)
            try state.append(message)
            try state.finish(.endOfStream)
        }
    }

    /// The one message of the answer, once the answer has ended well.
    fileprivate func onlyMessage() async throws -> [UInt8] {
        var message: [UInt8]?
        while let part = try await inbox.next(onTake: callerTook) {
            switch part {
            case .metadata: break
            case .message(let bytes):
                guard message == nil else {
                    throw RPCError(code: .unimplemented, message: "answer of several messages")
                }
                message = bytes
            case .status(let status, let metadata):
                if let error = RPCError(status: status, metadata: metadata) { throw error }
                guard let message else { throw RPCError(code: .unimplemented, message: "answer without a message") }
                return message
            }
        }
        throw RPCError.lost
    }
}
