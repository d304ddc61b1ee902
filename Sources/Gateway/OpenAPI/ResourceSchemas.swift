/// The schemas of a resource: an object as answers show it, and as a create and an update give it.
struct ResourceSchemas {
    var resource: Resource

    private var noun: String { resource.contract.noun }

    var all: [(name: String, schema: JSONValue)] {
        var schemas = [(noun, answer), ("\(noun)Whole", whole)]
        if resource.verbs.contains(.create) { schemas.append(("\(noun)Create", request(.post))) }
        if resource.verbs.contains(.update) { schemas.append(("\(noun)Update", request(.put))) }
        return schemas
    }

    /// Any part of an object, as `fields` may ask for.
    private var answer: JSONValue {
        var properties = JSONObject()
        for attribute in resource.attributes where attribute.viewer != .nobody {
            properties[attribute.name] = attribute.schema(
                note: attribute.viewer == .admins ? "Shown to administrators only." : nil,
                orNull: attribute.isNullInAnswers
            )
        }
        return [
            "type": "object", "title": .string(resource.title), "properties": .object(properties),
            "additionalProperties": false,
        ]
    }

    /// An object with everything that every caller sees.
    private var whole: JSONValue {
        let names = resource.attributes
            .filter { $0.viewer == .everyone && $0.emptyForm != .omitted }
            .map { JSONValue.string($0.name) }
        return ["allOf": [SharedParts.schema(noun), ["required": .array(names)]]]
    }

    private func request(_ use: Attribute.Uses) -> JSONValue {
        var properties = JSONObject()
        for attribute in resource.attributes where attribute.uses.contains(use) {
            properties[attribute.name] = attribute.schema(note: attribute.setter.note, orNull: attribute.isNullable)
        }
        var schema = JSONObject([
            "type": "object", "title": .string(resource.title), "properties": .object(properties),
            "additionalProperties": false,
        ])
        let required = resource.attributes.filter { $0.isRequired && use == .post }.map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }
}

extension Attribute {
    fileprivate var isNullInAnswers: Bool {
        if emptyForm == .null { return true }
        if case .object = type { return emptyForm == .value }
        return false
    }
}

extension Attribute.Setter {
    fileprivate var note: String? {
        switch self {
        case .anyone: nil
        case .managers: "Given by managers and administrators only."
        case .admins: "Given by administrators only."
        case .services: "Given by services only."
        }
    }
}
