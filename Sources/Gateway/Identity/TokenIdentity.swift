internal import Logging
internal import ResourceModel

/// Identity mode `keystone`: a caller is whom the identity service issued its token to.
///
/// The token itself asks the identity service about itself, as every token may, so that the gateway needs no account
/// there. An answer counts for a while; a token that is revoked meanwhile is good until then.
struct TokenIdentity: Sendable {
    /// Where the identity service's API is, which refusals name: `https://id.example.org/v3`.
    var url: String
    var directory: any TokenDirectory
    var cache: TokenCache
    var logger: Logger

    /// The caller whom a token was issued to.
    ///
    /// - Throws: 401, 503.
    func context(requestID: String, token: String?) async throws(Fault) -> RequestContext {
        guard let token, !token.isEmpty, token.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else { throw .unauthorized(url) }
        guard let bearer = try await bearer(of: token) else { throw .unauthorized(url) }
        return RequestContext(
            projectID: bearer.projectID,
            userID: bearer.userID,
            roles: bearer.roles,
            requestID: requestID
        )
    }

    private func bearer(of token: String) async throws(Fault) -> TokenBearer? {
        if let known = cache.answer(for: token) { return known.bearer }
        do {
            let bearer = try await directory.bearer(of: token)
            cache.keep(bearer, for: token)
            return bearer
        } catch {
            logger.warning("the identity service cannot be asked", metadata: ["error": "\(error)"])
            throw .unavailable("the identity service is away")
        }
    }
}

/// Asks who bears a token.
protocol TokenDirectory: Sendable {
    /// Nil for a token that is none, has expired, or was revoked.
    ///
    /// - Throws: When the identity service cannot tell now.
    func bearer(of token: String) async throws -> TokenBearer?
}

/// Whom a token was issued to, for what.
struct TokenBearer: Hashable, Sendable {
    /// Empty for a token that is for no project.
    var projectID: String
    var userID: String
    var roles: Set<Role>
    /// Seconds since 1970.
    var expiry: Int64
}
