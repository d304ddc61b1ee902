internal import GRPCCore

/// Counts the calls that a service answers, and how long each took.
struct MetricsInterceptor: ServerInterceptor {
    private let calls: Counter
    private let durations: DurationHistogram

    init(_ metrics: MetricRegistry) {
        calls = metrics.counter("sluice_rpc_requests_total", "Calls that were answered.", labels: ["method", "code"])
        durations = metrics.histogram(
            "sluice_rpc_request_seconds",
            "How long calls took, watches apart.",
            labels: ["method"]
        )
    }

    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>,
        context: ServerContext,
        next:
            @concurrent @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
            StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let start = ContinuousClock.now
        let method = context.descriptor
        var response: StreamingServerResponse<Output>
        do {
            response = try await next(request, context)
        } catch {
            note(method, since: start, error)
            throw error
        }
        switch response.accepted {
        case .success(var contents):
            let producer = contents.producer
            contents.producer = { writer in
                do {
                    let trailers = try await producer(writer)
                    note(method, since: start, nil)
                    return trailers
                } catch {
                    note(method, since: start, error)
                    throw error
                }
            }
            response.accepted = .success(contents)
        case .failure(let error):
            note(method, since: start, error)
        }
        return response
    }

    private func note(_ method: MethodDescriptor, since start: ContinuousClock.Instant, _ error: (any Error)?) {
        let name = "\(method)"
        calls.add(1, name, code(of: error))
        // A watch lasts as long as its watcher.
        if !method.method.hasPrefix("Watch") { durations.record(.now - start, name) }
    }

    private func code(of error: (any Error)?) -> String {
        switch error {
        case nil: "OK"
        case let error as RPCError: "\(error.code)"
        case let error as any RPCErrorConvertible: "\(error.rpcErrorCode)"
        case is CancellationError: "\(RPCError.Code.cancelled)"
        default: "\(RPCError.Code.unknown)"
        }
    }
}
