internal import GRPCCore
internal import GRPCProtobuf
internal import Logging
internal import ResourceModel

/// The one place where an error becomes an RPC status: domain errors with their reason, anything unforeseen as INTERNAL
/// with a fixed text, logged here and nowhere else.
struct ErrorInterceptor: ServerInterceptor {
    var logger: Logger

    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>,
        context: ServerContext,
        next:
            @concurrent @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
            StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        var response: StreamingServerResponse<Output>
        do {
            response = try await next(request, context)
        } catch {
            throw status(of: error, in: context)
        }
        if case .success(var contents) = response.accepted {
            let producer = contents.producer
            contents.producer = { writer in
                do { return try await producer(writer) } catch { throw status(of: error, in: context) }
            }
            response.accepted = .success(contents)
        }
        return response
    }

    private func status(of error: any Error, in context: ServerContext) -> any Error {
        let request = CurrentRequest.context.requestID
        switch error {
        case let error as any DomainError:
            logger.debug(
                "call refused",
                metadata: [
                    "method": "\(context.descriptor)", "request": "\(request)", "reason": "\(error.reason.rawValue)",
                    "message": "\(error.message)",
                ]
            )
            return error.status
        case is RPCError, is any RPCErrorConvertible, is CancellationError:
            return error
        default:
            logger.error(
                "call failed",
                metadata: ["method": "\(context.descriptor)", "request": "\(request)", "error": "\(error)"]
            )
            return RPCError(code: .internalError, message: "an internal error; the request id is \(request)")
        }
    }
}
