internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// How FloatingIPService calls others.
enum RemoteCall {
    /// Long enough for a busy service, short enough for somebody who waits.
    static var options: CallOptions {
        var options = CallOptions.defaults
        options.timeout = .seconds(5)
        return options
    }

    /// The program's own context, within the present request.
    static var ownContext: RequestContext {
        .service(named: "floatingip", requestID: CurrentRequest.context.requestID)
    }

    /// Calls on behalf of the context.
    ///
    /// - Throws: `RemoteError` for a refusal or a service that is away.
    static func `as`<Answer: Sendable>(
        _ context: RequestContext,
        _ call: () async throws -> Answer
    ) async throws -> Answer {
        try await CurrentRequest.$context.withValue(context) { try await callingRemote(call) }
    }

    /// Calls on the program's own behalf.
    static func asService<Answer: Sendable>(_ call: () async throws -> Answer) async throws -> Answer {
        try await `as`(ownContext, call)
    }
}
