import Logging
import ResourceModel
import Synchronization
import Testing

@testable import Gateway

@Suite struct TokenIdentityTests {
    private static let url = "http://id.example.org/v3"

    /// Knows some tokens, and counts how often it was asked.
    private final class Desk: TokenDirectory {
        let bearers: [String: TokenBearer]
        let questions = Mutex(0)
        let isAway = Mutex(false)

        init(_ bearers: [String: TokenBearer]) { self.bearers = bearers }

        func bearer(of token: String) async throws -> TokenBearer? {
            questions.withLock { $0 += 1 }
            guard !isAway.withLock({ $0 }) else { throw KeystoneDirectory.Unexpected(description: "away") }
            return bearers[token]
        }
    }

    private let desk = Desk([
        "good": TokenBearer(projectID: "p1", userID: "u1", roles: [.member], expiry: .max),
        "late": TokenBearer(projectID: "p1", userID: "u1", roles: [.member], expiry: 5),
    ])

    private func identity(_ cache: TokenCache = TokenCache(lifetime: .seconds(60))) -> TokenIdentity {
        TokenIdentity(url: Self.url, directory: desk, cache: cache, logger: Logger(label: "test"))
    }

    private func status(_ identity: TokenIdentity, _ token: String?) async -> Int {
        do {
            _ = try await identity.context(requestID: "req-1", token: token)
            return 200
        } catch { return error.status }
    }

    @Test func `a caller is whom the token was issued to`() async throws {
        let caller = try await identity().context(requestID: "req-1", token: "good")
        #expect(caller == RequestContext(projectID: "p1", userID: "u1", roles: [.member], requestID: "req-1"))
    }

    @Test(arguments: [nil, "", "other", "a b", "\u{e9}"]) func `nobody else is let in`(token: String?) async {
        #expect(await status(identity(), token) == 401)
    }

    @Test func `what was said of a token counts for a while, also that it is none`() async {
        let identity = identity()
        for _ in 1...3 {
            #expect(await status(identity, "good") == 200)
            #expect(await status(identity, "other") == 401)
        }
        #expect(desk.questions.withLock { $0 } == 2)
        let forgetful = self.identity(TokenCache(lifetime: .zero))
        for _ in 1...3 { _ = await status(forgetful, "good") }
        #expect(desk.questions.withLock { $0 } == 5)
    }

    @Test func `a token that expires meanwhile is good no more`() async {
        let identity = identity()
        #expect(await status(identity, "late") == 200)
        #expect(await status(identity, "late") == 401)
    }

    @Test func `a cache that is full begins anew`() {
        let cache = TokenCache(lifetime: .seconds(60), capacity: 2)
        for token in ["a", "b", "c"] { cache.keep(nil, for: token) }
        #expect(cache.answer(for: "a") == nil && cache.answer(for: "c") != nil)
    }

    @Test func `what is too long for a token does not fill the cache`() {
        let cache = TokenCache(lifetime: .seconds(60))
        cache.keep(nil, for: String(repeating: "x", count: 4096))
        cache.keep(nil, for: String(repeating: "x", count: 4097))
        #expect(cache.answer(for: String(repeating: "x", count: 4096)) != nil)
        #expect(cache.answer(for: String(repeating: "x", count: 4097)) == nil)
    }

    @Test func `while nobody can tell, nobody is turned away as unknown`() async {
        desk.isAway.withLock { $0 = true }
        #expect(await status(identity(), "good") == 503)
    }

    @Test func `an answer about a token tells of its bearer`() throws {
        let bearer = try TokenBearer(
            body: Array(
                #"""
                {"token":{"expires_at":"2026-11-23T15:36:35.000000Z","user":{"id":"u"},"project":{"id":"p"},
                "roles":[{"name":"Member"},{"name":"other"}]}}
                """#.utf8
            )
        )
        #expect(bearer == TokenBearer(projectID: "p", userID: "u", roles: [.member, .reader], expiry: 1_795_448_195))
        let unscoped = try TokenBearer(body: Array(#"{"token":{"expires_at":"1970-01-02T00:00:01Z"}}"#.utf8))
        #expect(unscoped == TokenBearer(projectID: "", userID: "", roles: [], expiry: 86401))
    }

    @Test(arguments: [
        "{", "{}", #"{"token":{}}"#, #"{"token":{"expires_at":"soon"}}"#,
        #"{"token":{"expires_at":"2026-13-01T00:00:00Z"}}"#, #"{"token":{"expires_at":"2026-02-30T00:00:00Z"}}"#,
        #"{"token":{"expires_at":"2026-02-03T0:0:0Z"}}"#,
        #"{"token":{"expires_at":"2026-01-01T00:00:00"}}"#,
    ]) func `an answer that tells nothing is a defect of the other side`(body: String) {
        #expect(throws: (any Error).self) { try TokenBearer(body: Array(body.utf8)) }
    }

    @Test func `a refusal says where to get a token, in the shape that clients know`() throws {
        let response = APIResponse(Fault.unauthorized(Self.url))
        #expect(
            response.headers.contains { $0.name == "WWW-Authenticate" && $0.value == "Keystone uri=\"\(Self.url)\"" }
        )
        let message = "The request you have made requires authentication."
        #expect(
            try JSONReader.read(response.body)
                == ["error": ["code": 401, "title": "Unauthorized", "message": .string(message)]]
        )
    }

    @Test(arguments: [
        ("http://id", "id", 80, ""), ("https://id.example.org/v3/", "id.example.org", 443, "/v3"),
        ("http://[::1]:5000/identity/v3", "::1", 5000, "/identity/v3"), ("https://[::1]", "::1", 443, ""),
        ("http://127.0.0.1:1", "127.0.0.1", 1, ""),
    ]) func `URLs have parts`(text: String, host: String, port: Int, path: String) throws {
        let url = try #require(URLParts(text))
        #expect(url.host == host && url.port == port && url.path == path)
        #expect(url.isSecure == text.hasPrefix("https"))
    }

    @Test(arguments: [
        "", "id", "ftp://id", "http://", "http://:5", "http://id:x", "http://id:70000", "http://[::1", "http://a@b",
        "http://a b",
    ])
    func `others are none`(text: String) {
        #expect(URLParts(text) == nil)
    }
}
