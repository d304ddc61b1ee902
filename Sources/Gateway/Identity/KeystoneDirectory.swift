internal import Glibc
internal import NIOHTTP1
internal import ResourceModel

/// The identity service's API.
///
/// Source: Identity API v3, "Validate and show information for token".
struct KeystoneDirectory: TokenDirectory {
    /// The API's place, such as `https://id.example.org/v3`.
    var base: URLParts
    var client: HTTPClient

    struct Unexpected: Error {
        var description: String
    }

    func bearer(of token: String) async throws -> TokenBearer? {
        let answer = try await client.get(
            base.appending("/auth/tokens?nocatalog"),
            headers: ["X-Auth-Token": token, "X-Subject-Token": token, "Accept": "application/json"]
        )
        switch answer.status {
        case 200: return try TokenBearer(body: answer.body)
        case 401, 403, 404: return nil
        default: throw Unexpected(description: "the identity service answered \(answer.status)")
        }
    }
}

extension TokenBearer {
    /// The bearer that an answer about a token tells of.
    init(body: [UInt8]) throws {
        guard let token = try JSONReader.read(body)["token"],
            let expiry = token["expires_at"]?.string.flatMap(Self.moment)
        else { throw KeystoneDirectory.Unexpected(description: "no token in the identity service's answer") }
        let names = token["roles"]?.elements.compactMap { $0["name"]?.string } ?? []
        self.init(
            projectID: token["project"]?["id"]?.string ?? "",
            userID: token["user"]?["id"]?.string ?? "",
            roles: HeaderIdentity.roles(names),
            expiry: expiry
        )
    }

    /// The second that a moment like `2026-11-23T15:36:35.000000Z` is in; nil when it is none.
    static func moment(_ text: String) -> Int64? {
        let form = /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z/
        guard let found = text.wholeMatch(of: form)?.output else { return nil }
        func number(_ text: Substring) -> Int32 { Int32(text) ?? 0 }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (number(found.1) - 1900, number(found.2) - 1, number(found.3))
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (number(found.4), number(found.5), number(found.6))
        let (month, day) = (parts.tm_mon, parts.tm_mday)
        let seconds = timegm(&parts)
        // What there is not, such as 30 February, is made another day.
        return parts.tm_mon == month && parts.tm_mday == day ? Int64(seconds) : nil
    }
}

extension JSONValue {
    fileprivate subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    fileprivate var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    fileprivate var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}
