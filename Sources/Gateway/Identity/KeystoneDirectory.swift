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
        let parts = text.split { "-T:.Z".contains($0) }
        guard parts.count >= 6, text.hasSuffix("Z"), let numbers = try? parts.prefix(6).map(Self.number) else {
            return nil
        }
        let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2])
        guard 1...12 ~= date.month, 1...31 ~= date.day else { return nil }
        return date.daysSinceEpoch * 86400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
    }

    private static func number(_ text: Substring) throws -> Int64 {
        guard let number = Int64(text), 0...9999 ~= number else {
            throw KeystoneDirectory.Unexpected(description: "'\(text)' is no part of a moment")
        }
        return number
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
