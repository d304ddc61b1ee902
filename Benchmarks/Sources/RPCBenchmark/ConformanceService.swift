import GRPCCore
import Synchronization

/// A service with a method for each thing a case wants of a server.
struct ConformanceService: RegistrableRPCService {
    static let chat = method("Chat")
    static let collect = method("Collect")
    static let expand = method("Expand")
    static let fail = method("Fail")
    static let refuse = method("Refuse")
    static let hang = method("Hang")
    static let flood = method("Flood")
    static let cancelled = method("Cancelled")
    static let sent = method("Sent")
    static let missing = method("Missing")

    private let cancellations = Tally()
    private let sendings = Tally()

    private static func method(_ name: String) -> MethodDescriptor {
        MethodDescriptor(fullyQualifiedService: "bench.Conformance", method: name)
    }

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        // Each message back at once, with the caller's own metadata as head and as trailers. The reference counts
        // `:path` and its like among a request's metadata, and closes the connection of a handler that sends them.
        add(Self.chat, to: &router) { request, _ in
            let own = Metadata(request.metadata.filter { $0.key.hasPrefix("x-") })
            return StreamingServerResponse(metadata: own) { writer in
                for try await message in request.messages { try await writer.write(message) }
                return own
            }
        }
        // All messages in one.
        add(Self.collect, to: &router) { request, _ in
            let all = try await request.messages.reduce(into: [UInt8]()) { $0 += $1 }
            return StreamingServerResponse { writer in
                try await writer.write(all)
                return [:]
            }
        }
        // Each octet as a message, once the request has ended.
        add(Self.expand, to: &router) { request, _ in
            let all = try await request.messages.reduce(into: [UInt8]()) { $0 += $1 }
            return StreamingServerResponse { writer in
                for octet in all { try await writer.write([octet]) }
                return [:]
            }
        }
        addFailures(to: &router)
        addEndless(to: &router)
        addCounters(to: &router)
    }

    private func addFailures<Transport: ServerTransport>(to router: inout RPCRouter<Transport>) {
        // The status whose number is the first octet, behind as many messages as the second says.
        add(Self.fail, to: &router) { request, _ in
            var iterator = request.messages.makeAsyncIterator()
            let wish = try await iterator.next() ?? []
            let code = Status.Code(rawValue: Int(wish.first ?? 2)).flatMap { RPCError.Code($0) } ?? .unknown
            let error = RPCError(code: code, message: "für ☃ 100%", metadata: ["why": "asked"])
            guard let count = wish.last, count > 0 else { throw error }
            return StreamingServerResponse { writer in
                for _ in 0..<count { try await writer.write([]) }
                throw error
            }
        }
        // A status at once, whatever the request.
        add(Self.refuse, to: &router) { _, _ in
            throw RPCError(code: .failedPrecondition, message: "not today")
        }
    }

    private func addEndless<Transport: ServerTransport>(to router: inout RPCRouter<Transport>) {
        // One message, then nothing until the call is cancelled.
        add(Self.hang, to: &router) { [cancellations] _, context in
            StreamingServerResponse { writer in
                try await writer.write([1])
                _ = try? await context.cancellation.cancelled
                cancellations.add()
                throw RPCError(code: .cancelled, message: "as was wished")
            }
        }
        // Messages of 1000 octets without end.
        add(Self.flood, to: &router) { [sendings] _, context in
            StreamingServerResponse { writer in
                while !context.cancellation.isCancelled {
                    try await writer.write([UInt8](repeating: 7, count: 1000))
                    sendings.add()
                }
                return [:]
            }
        }
    }

    private func addCounters<Transport: ServerTransport>(to router: inout RPCRouter<Transport>) {
        for (method, tally) in [(Self.cancelled, cancellations), (Self.sent, sendings)] {
            add(method, to: &router) { _, _ in
                StreamingServerResponse { writer in
                    try await writer.write(Array("\(tally.value)".utf8))
                    return [:]
                }
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
        router.registerHandler(forMethod: method, deserializer: Octets(), serializer: Octets(), handler: handler)
    }
}

/// A count that any thread may raise.
final class Tally: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}
