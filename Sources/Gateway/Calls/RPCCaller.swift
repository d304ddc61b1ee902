internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// Calls a service over any transport of grpc-swift; requests and answers pass as the bytes they are on the wire.
struct RPCCaller<Transport: ClientTransport>: ServiceCaller {
    /// What the service is called where a client must be told that it is away.
    var name: String
    var client: GRPCClient<Transport>

    /// A repeatable call is sent again after each of these pauses while the service is away.
    private static var pauses: [Duration] { [.milliseconds(50), .milliseconds(250)] }
    /// Later than this nothing is sent again: the client has waited long enough.
    private static var patience: Duration { .seconds(5) }

    func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] {
        let start = ContinuousClock.now
        var pauses = (method.isRepeatable ? Self.pauses : [])[...]
        while true {
            do {
                return try await callOnce(method, request)
            } catch let error as RemoteError where error.reason == .serviceUnavailable {
                guard let pause = pauses.popFirst(), start.duration(to: .now) < Self.patience else {
                    throw RemoteError(
                        reason: error.reason,
                        message: "\(name) is unavailable: \(error.message)",
                        metadata: error.metadata
                    )
                }
                try await Task.sleep(for: pause)
            }
        }
    }

    private func callOnce(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] {
        try await callingRemote {
            try await client.unary(
                request: ClientRequest(message: request),
                descriptor: method.descriptor,
                serializer: BytesSerializer(),
                deserializer: BytesDeserializer(),
                options: .defaults
            ) { response in
                try response.message
            }
        }
    }
}

/// Passes a message that already is bytes.
private struct BytesSerializer: MessageSerializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) -> Bytes { Bytes(message) }
}

/// Leaves a message as bytes.
private struct BytesDeserializer: MessageDeserializer {
    func deserialize<Bytes: GRPCContiguousBytes>(_ message: Bytes) -> [UInt8] {
        message.withUnsafeBytes { [UInt8]($0) }
    }
}
