import GRPCCore

/// The calls that are measured: a router of 217 octets on the wire for a request of 76, once or ten thousand times.
struct Workload: RegistrableRPCService {
    static let unary = MethodDescriptor(fullyQualifiedService: "bench.Routers", method: "Get")
    static let stream = MethodDescriptor(fullyQualifiedService: "bench.Routers", method: "Sync")
    static let request = [UInt8](repeating: 0x2d, count: 76)
    static let response = [UInt8](repeating: 0x61, count: 217)
    static let messagesPerStream = 10_000

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(forMethod: Self.unary, deserializer: Octets(), serializer: Octets()) { request, _ in
            for try await _ in request.messages {}
            return StreamingServerResponse { writer in
                try await writer.write(Self.response)
                return [:]
            }
        }
        router.registerHandler(forMethod: Self.stream, deserializer: Octets(), serializer: Octets()) { request, _ in
            for try await _ in request.messages {}
            return StreamingServerResponse { writer in
                for _ in 0..<Self.messagesPerStream { try await writer.write(Self.response) }
                return [:]
            }
        }
    }
}

/// Messages are their own octets: no codec's time in the figures.
struct Octets: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] { bytes.withUnsafeBytes(Array.init) }
}
