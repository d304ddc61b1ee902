import Logging
import NIOHTTP1
import Testing

@testable import Gateway

/// The gateway's API with the real NetworkService behind it.
struct RESTUnderTest: Sendable {
    let application: RESTApplication
    /// Makes a port for a router or floating IP, as their services do: network, device owner, the holder's project, and
    /// the address wanted, or an empty text for any.
    let reservePort: @Sendable (String, String, String, String) async throws -> String

    /// Runs the body against an API over an empty database.
    static func run(
        limits: NetworkBehind.Limits = .init(),
        _ body: (RESTUnderTest) async throws -> Void
    ) async throws {
        try await NetworkBehind.run(limits: limits) { channel in
            let caller = RPCCaller(name: "NetworkService", channel: channel)
            let application = try RESTApplication(
                services: Services(network: caller, router: caller, floatingIP: caller),
                settings: .init(),
                logger: .defects
            )
            let api = RESTUnderTest(application: application) { network, owner, project, address in
                try await NetworkBehind.reserve(network, owner, project, address, channel)
            }
            try await body(api)
        }
    }

    /// The answer to one request.
    func send(
        _ persona: Persona,
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSONValue? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        let response = await application.respond(
            to: APIRequest(
                method: method,
                target: "/v2.0/\(path)",
                headers: HTTPHeaders(persona.headers + headers),
                body: body?.text ?? []
            )
        )
        return Answer(
            status: response.status,
            json: response.body.isEmpty ? .null : try JSONReader.read(response.body)
        )
    }

    /// Makes a port for a router or floating IP and gives its id.
    func reserve(
        _ network: JSONValue,
        _ owner: String,
        _ project: String,
        _ address: String = ""
    ) async throws -> String {
        try await reservePort(network["id"].string, owner, project, address)
    }

    /// Makes an object and gives it as the answer shows it.
    func make(
        _ collection: String,
        _ attributes: JSONValue = [:],
        as persona: Persona = .member,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let key = Self.key(of: collection)
        let answer = try await send(persona, .POST, collection, [key: attributes])
        try #require(answer.status == 201, "\(answer)", sourceLocation: location)
        return answer.json[key]
    }

    /// What becomes of an attempt to make an object, such as `201` or `404 NetworkNotFound`.
    func making(
        _ collection: String,
        _ attributes: JSONValue,
        as persona: Persona = .member
    ) async throws -> String {
        try await send(persona, .POST, collection, [Self.key(of: collection): attributes]).outcome
    }

    /// Changes an object and gives the answer.
    func change(
        _ collection: String,
        _ object: JSONValue,
        _ attributes: JSONValue,
        as persona: Persona = .member
    ) async throws -> Answer {
        try await send(persona, .PUT, "\(collection)/\(object["id"].string)", [Self.key(of: collection): attributes])
    }

    func get(_ collection: String, _ object: JSONValue, as persona: Persona = .member) async throws -> Answer {
        try await send(persona, .GET, "\(collection)/\(object["id"].string)")
    }

    func delete(_ collection: String, _ object: JSONValue, as persona: Persona = .member) async throws -> String {
        try await send(persona, .DELETE, "\(collection)/\(object["id"].string)").outcome
    }

    /// The objects of a collection that the persona sees.
    func list(_ collection: String, _ query: String = "", as persona: Persona = .member) async throws -> [JSONValue] {
        let answer = try await send(persona, .GET, "\(collection)?\(query)")
        try #require(answer.status == 200, "\(answer)")
        return answer.json[underscored(collection)].array
    }

    private static func key(of collection: String) -> String {
        Catalogue.resources.first { $0.collection == underscored(collection) }?.name ?? ""
    }
}

private func underscored(_ collection: String) -> String { String(collection.map { $0 == "-" ? "_" : $0 }) }

/// Who calls.
struct Persona: Sendable {
    var project: String
    var role: String

    static let admin = Persona(project: "admin", role: "admin")
    static let member = Persona(project: "blue", role: "member")
    static let reader = Persona(project: "blue", role: "reader")
    static let other = Persona(project: "red", role: "member")

    var headers: [(String, String)] { [("X-Project-Id", project), ("X-Roles", role)] }
}

/// What came back.
struct Answer: Sendable, CustomStringConvertible {
    var status: Int
    var json: JSONValue

    /// The status, and the error's type if it is one: `409 NetworkInUse`.
    var outcome: String {
        let type = json["NeutronError"]["type"].string
        return type.isEmpty ? "\(status)" : "\(status) \(type)"
    }

    var description: String { "\(status) \(String(decoding: json.text, as: UTF8.self))" }
}

extension JSONValue {
    /// A member; null when there is none.
    subscript(name: String) -> JSONValue {
        if case .object(let object) = self { object[name] ?? .null } else { .null }
    }

    /// An element; null when there is none.
    subscript(index: Int) -> JSONValue { array.indices.contains(index) ? array[index] : .null }

    var array: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var string: String { if case .string(let text) = self { text } else { "" } }
    var number: Int64? { if case .integer(let number) = self { number } else { nil } }

    /// Whether an object has the member at all.
    func has(_ name: String) -> Bool {
        if case .object(let object) = self { object[name] != nil } else { false }
    }

    /// Whether an object has all of these members.
    func holds(_ members: JSONValue) -> Bool {
        guard case .object(let expected) = members else { return false }
        for member in expected.members where self[member.name] != member.value {
            Issue.record("\(member.name) is \(self[member.name]), not \(member.value)")
            return false
        }
        return true
    }

    /// This object with other members besides, or in the place of its own.
    func with(_ members: JSONValue) -> JSONValue {
        guard case .object(var object) = self, case .object(let others) = members else { return self }
        for member in others.members { object[member.name] = member.value }
        return .object(object)
    }
}
