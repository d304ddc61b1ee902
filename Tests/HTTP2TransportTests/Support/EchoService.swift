import GRPCCore
import Synchronization

@testable import HTTP2Transport

/// A service with a method for each thing a test wants a server to do.
struct EchoService: RegistrableRPCService {
    /// What handlers saw, for tests to wait on.
    final class Witness: Sendable {
        private let cancelled = Mutex(0)
        private let sent = Mutex(0)

        var cancelledCalls: Int { cancelled.withLock { $0 } }
        var sentMessages: Int { sent.withLock { $0 } }
        func sawCancellation() { cancelled.withLock { $0 += 1 } }
        func sentMessage() { sent.withLock { $0 += 1 } }
    }

    static let unary = method("Unary")
    static let collect = method("Collect")
    static let expand = method("Expand")
    static let chat = method("Chat")
    static let fail = method("Fail")
    static let hang = method("Hang")
    static let flood = method("Flood")
    static let time = method("Time")
    static let whoami = method("WhoAmI")
    static let caller = method("Caller")
    static let cancellations = method("Cancellations")
    static let missing = method("Missing")

    let witness: Witness

    private static func method(_ name: String) -> MethodDescriptor {
        MethodDescriptor(fullyQualifiedService: "test.Echo", method: name)
    }

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        // One message back, with the request's metadata as the answer's, and as its trailers.
        add(Self.unary, to: &router) { request, _ in
            var iterator = request.messages.makeAsyncIterator()
            let message = try await iterator.next() ?? []
            return StreamingServerResponse(metadata: request.metadata) { writer in
                try await writer.write(message)
                return request.metadata
            }
        }
        // All messages in one.
        add(Self.collect, to: &router) { request, _ in
            var all: [UInt8] = []
            for try await message in request.messages { all += message }
            return StreamingServerResponse { [all] writer in
                try await writer.write(all)
                return [:]
            }
        }
        // Each octet of the first message as a message.
        add(Self.expand, to: &router) { request, _ in
            StreamingServerResponse { writer in
                for try await message in request.messages {
                    for octet in message { try await writer.write([octet]) }
                }
                return [:]
            }
        }
        // Each message back at once; the answer opens before the request's first message.
        add(Self.chat, to: &router) { request, _ in
            StreamingServerResponse(metadata: ["opened": "yes"]) { writer in
                for try await message in request.messages { try await writer.write(message) }
                return ["closed": "yes"]
            }
        }
        addFaults(to: &router)
    }

    private func addFaults<Transport: ServerTransport>(to router: inout RPCRouter<Transport>) {
        // The status whose number is the request.
        add(Self.fail, to: &router) { request, _ in
            var iterator = request.messages.makeAsyncIterator()
            let number = Int(try await iterator.next()?.first ?? 2)
            guard let code = Status.Code(rawValue: number).flatMap({ RPCError.Code($0) }) else {
                return StreamingServerResponse { _ in [:] }
            }
            throw RPCError(code: code, message: "wished für ☃ 100%", metadata: ["why": "asked"])
        }
        // No answer until the call is cancelled.
        add(Self.hang, to: &router) { [witness] _, _ in
            StreamingServerResponse(metadata: [:]) { writer in
                do {
                    try await writer.write([1])
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    witness.sawCancellation()
                    throw error
                }
                return [:]
            }
        }
        // Messages of 1000 octets without end.
        add(Self.flood, to: &router) { [witness] _, _ in
            StreamingServerResponse { writer in
                while !Task.isCancelled {
                    try await writer.write([UInt8](repeating: 7, count: 1000))
                    witness.sentMessage()
                }
                return [:]
            }
        }
        // The server's end of the connection.
        add(Self.whoami, to: &router) { _, context in
            StreamingServerResponse { writer in
                try await writer.write(Array(context.localPeer.utf8))
                return [:]
            }
        }
        // The client's end of the connection.
        add(Self.caller, to: &router) { _, context in
            StreamingServerResponse { writer in
                try await writer.write(Array(context.remotePeer.utf8))
                return [:]
            }
        }
        // The seconds left for the call, in words.
        add(Self.time, to: &router) { _, context in
            let left = (context.transportSpecific as? HTTP2CallContext)?.timeRemaining
            let text = left.map { "\($0.components.seconds)" } ?? "none"
            return StreamingServerResponse { writer in
                try await writer.write(Array(text.utf8))
                return [:]
            }
        }
    }

    private func add<Transport: ServerTransport>(
        _ method: MethodDescriptor,
        to router: inout RPCRouter<Transport>,
        _ handler:
            @escaping @Sendable @concurrent (
                StreamingServerRequest<[UInt8]>, ServerContext
            ) async throws -> StreamingServerResponse<[UInt8]>
    ) {
        router.registerHandler(
            forMethod: method,
            deserializer: OctetCoding(),
            serializer: OctetCoding(),
            handler: handler
        )
    }
}
