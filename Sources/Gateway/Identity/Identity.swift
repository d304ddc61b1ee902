internal import NIOHTTP1
internal import ResourceModel

/// How callers are known.
enum Identity: Sendable {
    /// By what their headers say.
    case headers(HeaderIdentity)
    /// By their tokens.
    case tokens(TokenIdentity)

    /// The caller of a request.
    ///
    /// - Throws: 400 for headers that could not be told to the services, 401 for a caller who is not known, 503 while
    ///   nobody can tell.
    func context(requestID: String, _ headers: HTTPHeaders) async throws(Fault) -> RequestContext {
        switch self {
        case .headers(let identity): try identity.context(requestID: requestID) { headers[$0] }
        case .tokens(let identity):
            try await identity.context(requestID: requestID, token: headers["X-Auth-Token"].first)
        }
    }
}
