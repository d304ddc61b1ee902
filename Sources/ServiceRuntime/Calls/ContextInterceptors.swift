internal import GRPCCore
internal import ResourceModel

/// Makes what a call carries the context of the task that serves it, of streams too.
struct ServerContextInterceptor: ServerInterceptor {
    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>,
        context: ServerContext,
        next:
            @concurrent @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
            StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let caller = RequestContext(metadata: request.metadata)
        var response = try await CurrentRequest.$context.withValue(caller) { try await next(request, context) }
        if case .success(var contents) = response.accepted {
            let producer = contents.producer
            contents.producer = { writer in
                try await CurrentRequest.$context.withValue(caller) { try await producer(writer) }
            }
            response.accepted = .success(contents)
        }
        return response
    }
}

/// Makes a call carry the context of the task that makes it.
struct ClientContextInterceptor: ClientInterceptor {
    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingClientRequest<Input>,
        context: ClientContext,
        next: @concurrent (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
        var request = request
        CurrentRequest.context.write(to: &request.metadata)
        return try await next(request, context)
    }
}
