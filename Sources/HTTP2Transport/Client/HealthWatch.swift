internal import GRPCCore

/// Asks one connection's server whether it serves, for as long as the connection lives.
struct HealthWatch {
    /// How long to wait before asking again where the watch broke.
    private static let pause = Duration.seconds(1)
    private static let method = MethodDescriptor(fullyQualifiedService: "grpc.health.v1.Health", method: "Watch")

    let service: String
    let configuration: HTTP2ClientConfiguration
    let client: LoopClient
    let connection: ClientConnection

    /// Tells `report` each change until the connection takes no more calls; runs on its loop.
    func run(_ report: (Bool) -> Void) async {
        while connection.takesCalls, !Task.isCancelled {
            do {
                try await watch(report)
            } catch let error as RPCError where error.code == .unimplemented {
                // A server without health service is healthy.
                //
                // Source: gRPC client-side health checking (GRFC A17).
                return report(true)
            } catch {
                report(false)
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func watch(_ report: (Bool) -> Void) async throws {
        let call = ClientStream(
            method: Self.method,
            options: .defaults,
            configuration: configuration,
            client: client
        )
        call.placed(on: connection)
        defer { call.cancel(.givenUp) }
        _ = try call.write { state throws(RPCError) in try state.open([:]) }
        let request = HealthMessage.request(service)
        _ = try call.write { state throws(RPCError) in try state.append(request) }
        _ = try call.write { state throws(RPCError) in try state.finish(.endOfStream) }
        while let part = try await call.inbox.next(onTake: call.callerTook) {
            switch part {
            case .metadata: break
            case .message(let message): report(HealthMessage.isServing(message))
            case .status(let status, let metadata):
                if let error = RPCError(status: status, metadata: metadata) { throw error }
            }
        }
    }
}
