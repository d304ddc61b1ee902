internal import Addressing

// How the description tells what values there are. Source: JSON Schema 2020-12.
extension AttributeType {
    /// The schema of the values that requests may give and answers show.
    var schema: JSONValue {
        switch self {
        case .text(let longest): ["type": "string", "maxLength": .integer(Int64(longest))]
        case .word(let longest): ["type": ["string", "integer"], "maxLength": .integer(Int64(longest))]
        case .id: ["type": "string", "format": "uuid"]
        case .project: ["type": "string", "maxLength": 255]
        case .boolean: ["type": "boolean"]
        case .integer(let range): Self.integer(range)
        case .decimal: ["type": "integer"]
        case .freeObject: ["type": "object"]
        case .family: ["type": "integer", "enum": [4, 6]]
        case .address(let version): Self.address(version)
        case .block(_, let bareAddress):
            [
                "type": "string",
                "pattern": bareAddress ? "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$" : "^[0-9a-fA-F:.]+/[0-9]{1,3}$",
            ]
        case .mac: ["type": "string", "pattern": "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$"]
        case .choice(let words): ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .hostLabel: ["type": "string", "pattern": .string("^(\(Self.label))?$")]
        case .domain: ["type": "string", "maxLength": 254, "pattern": .string("^((\(Self.label)\\.)+)?$")]
        case .object(let attributes, let emptyIsNull): Self.object(attributes, mayBeEmpty: emptyIsNull)
        case .list(let element, let rule): Self.list(element, rule)
        case .moment(.zulu): ["type": "string", "format": "date-time"]
        case .moment(.blank):
            ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"]
        case .constant(let value): ["const": value]
        }
    }

    private static let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

    private static func address(_ version: IPVersion?) -> JSONValue {
        switch version {
        case .v4?: ["type": "string", "format": "ipv4"]
        case .v6?: ["type": "string", "format": "ipv6"]
        case nil: ["type": "string", "anyOf": [["format": "ipv4"], ["format": "ipv6"]]]
        }
    }

    private static func integer(_ range: ClosedRange<Int64>) -> JSONValue {
        var schema = JSONObject(["type": "integer"])
        if range.lowerBound != .min { schema["minimum"] = .integer(range.lowerBound) }
        if range.upperBound != .max { schema["maximum"] = .integer(range.upperBound) }
        return .object(schema)
    }

    private static func list(_ element: AttributeType, _ rule: ListRule) -> JSONValue {
        var schema = JSONObject(["type": "array", "items": element.schema])
        if rule.isUnique { schema["uniqueItems"] = true }
        if let longest = rule.longest { schema["maxItems"] = .integer(Int64(longest)) }
        return .object(schema)
    }

    private static func object(_ attributes: [Attribute], mayBeEmpty: Bool) -> JSONValue {
        var properties = JSONObject()
        for attribute in attributes { properties[attribute.name] = attribute.schema() }
        var schema = JSONObject([
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ])
        let required = attributes.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty, !mayBeEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }
}

extension Attribute {
    /// The schema of its values where null may stand for one or not, with what the table says of it in words.
    func schema(note: String? = nil, orNull: Bool? = nil) -> JSONValue {
        var schema = type.schema
        if orNull ?? (isNullable || emptyForm == .null) { schema = ["anyOf": [schema, ["type": "null"]]] }
        guard let note, case .object(var object) = schema else { return schema }
        object["description"] = .string(note)
        return .object(object)
    }
}
