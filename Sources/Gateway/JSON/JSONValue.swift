/// A JSON value that keeps what attributes need to know apart: null and absent, a number and its exact digits.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A whole number without fraction or exponent that fits.
    case integer(Int64)
    /// Any other number, as it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object in their order; no name occurs twice.
struct JSONObject: Hashable, Sendable {
    private(set) var members: [Member] = []
    private var positions: [String: Int] = [:]

    struct Member: Hashable, Sendable {
        var name: String
        var value: JSONValue
    }

    init() {}

    init(_ members: KeyValuePairs<String, JSONValue>) {
        for (name, value) in members { self[name] = value }
    }

    var isEmpty: Bool { members.isEmpty }
    var names: some Sequence<String> { members.lazy.map(\.name) }

    /// The value of a member; nil when there is none, `.null` when it is null.
    subscript(name: String) -> JSONValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?): members[position].value = value
            case (nil, let value?): append(Member(name: name, value: value))
            case (let position?, nil): remove(at: position)
            case (nil, nil): break
            }
        }
    }

    /// Adds a member; false, and nothing changes, when the name is taken.
    mutating func add(_ name: String, _ value: JSONValue) -> Bool {
        guard position(of: name) == nil else { return false }
        append(Member(name: name, value: value))
        return true
    }

    /// Small objects are searched, so that they need no dictionary; big ones must not cost the square of their size.
    private static let searchedCount = 24

    private func position(of name: String) -> Int? {
        members.count <= Self.searchedCount ? members.firstIndex { $0.name == name } : positions[name]
    }

    private mutating func append(_ member: Member) {
        members.append(member)
        if members.count == Self.searchedCount + 1 {
            for (position, member) in members.enumerated() { positions[member.name] = position }
        } else if members.count > Self.searchedCount {
            positions[member.name] = members.count - 1
        }
    }

    private mutating func remove(at position: Int) {
        let rest = members[..<position] + members[(position + 1)...]
        self = JSONObject()
        for member in rest { append(member) }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(nilLiteral: ()) { self = .null }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements { object[name] = value }
        self = .object(object)
    }
}
