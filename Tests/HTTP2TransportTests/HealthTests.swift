import GRPCCore
import Synchronization
import Testing

@testable import HTTP2Transport

/// A health service whose answers a test chooses.
private struct HealthService: RegistrableRPCService {
    final class Switch: Sendable {
        private let watchers = Mutex<(isServing: Bool, continuations: [AsyncStream<Bool>.Continuation])>((false, []))

        func watch() -> AsyncStream<Bool> {
            let (stream, continuation) = AsyncStream.makeStream(of: Bool.self)
            watchers.withLock { state in
                state.continuations.append(continuation)
                continuation.yield(state.isServing)
            }
            return stream
        }

        func turn(_ isServing: Bool) {
            watchers.withLock { state in
                state.isServing = isServing
                for continuation in state.continuations { continuation.yield(isServing) }
            }
        }
    }

    let state: Switch

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: "grpc.health.v1.Health", method: "Watch"),
            deserializer: OctetCoding(),
            serializer: OctetCoding()
        ) { [state] request, _ in
            var iterator = request.messages.makeAsyncIterator()
            let asked = try await iterator.next()
            guard asked == [0x0a, 4] + Array("echo".utf8) else { throw RPCError(code: .notFound, message: "") }
            return StreamingServerResponse { writer in
                for await isServing in state.watch() { try await writer.write([0x08, isServing ? 1 : 2]) }
                return [:]
            }
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct HealthTests {
    private var checking: HTTP2ClientConfiguration {
        var configuration = HTTP2ClientConfiguration.defaults
        configuration.healthCheckedService = "echo"
        return configuration
    }

    /// Serves with a health service that answers what `state` says.
    private func healthy<Result>(
        _ state: HealthService.Switch,
        _ body: (ServerAddress) async throws -> Result
    ) async throws -> Result {
        let transport = HTTP2ServerTransport(address: .tcp(host: "127.0.0.1", port: 0), logger: EchoPair.logger)
        let services: [any RegistrableRPCService] = [EchoService(witness: .init()), HealthService(state: state)]
        let server = GRPCServer(transport: transport, services: services)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            let result = try await body(try await transport.boundAddress)
            group.cancelAll()
            return result
        }
    }

    @Test func `a server that does not serve gets no calls until it does`() async throws {
        let state = HealthService.Switch()
        try await healthy(state) { address in
            try await calling([address], configuration: checking) { client in
                try await eventually { await failure { try await echo(client) } == .unavailable }
                let waiting = Task { try await echo(client, waitForReady: true) }
                state.turn(true)
                let answer = try await waiting.value
                #expect(answer == "ok")
                state.turn(false)
                try await eventually { await failure { try await echo(client) } == .unavailable }
            }
        }
    }

    @Test func `of several servers only those that serve get calls`() async throws {
        let (one, other) = (HealthService.Switch(), HealthService.Switch())
        one.turn(true)
        try await healthy(one) { first in
            try await healthy(other) { second in
                try await calling([first, second], configuration: checking) { client in
                    for _ in 0..<20 {
                        let answerer = try await answerer(client)
                        #expect(answerer == "ipv4:\(first)")
                    }
                    other.turn(true)
                    try await eventually { try await answerer(client) == "ipv4:\(second)" }
                    one.turn(false)
                    try await eventually {
                        var answerers: Set<String> = []
                        for _ in 0..<20 { answerers.insert(try await answerer(client)) }
                        return answerers == ["ipv4:\(second)"]
                    }
                }
            }
        }
    }

    @Test func `a server without a health service is healthy`() async throws {
        try await serving(at: .tcp(host: "127.0.0.1", port: 0)) { address in
            let answer = try await calling([address], configuration: checking) { try await echo($0) }
            #expect(answer == "ok")
        }
    }

    @Test func `an answer of any length is asked for by its service's name`() {
        #expect(HealthMessage.request("") == [])
        #expect(HealthMessage.request("ab") == [0x0a, 2, 0x61, 0x62])
        #expect(HealthMessage.request(String(repeating: "a", count: 200)).prefix(3) == [0x0a, 0xc8, 1])
        #expect(HealthMessage.isServing([0x08, 1]))
        #expect(!HealthMessage.isServing([0x08, 2]))
        #expect(!HealthMessage.isServing([]))
    }
}
