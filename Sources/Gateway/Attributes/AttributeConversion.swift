internal import Addressing
internal import ResourceModel

// From what a caller gave to the one form in which it travels.
extension AttributeType {
    /// The converted value; nulls are the attribute's affair and do not come here.
    ///
    /// - Throws: 400, `HTTPBadRequest` for a value that is not of the type, `InvalidInput` from the converters of
    ///   booleans and integers. `name` is the attribute's, for the message.
    func converted(_ value: JSONValue, for name: String) throws(Fault) -> JSONValue {
        switch self {
        case .boolean: .bool(try boolean(value, name))
        case .integer(let range): .integer(try integer(value, within: range, name))
        case .family: .integer(try family(value, name))
        case .list(let element, let rule): .array(try list(value, of: element, rule, name))
        case .object(let attributes, let emptyIsNull):
            try object(value, attributes, emptyIsNull: emptyIsNull, name)
        case .freeObject: .string(try freeObject(value, name))
        case .word(let longest): .string(try word(value, longest, name))
        case .moment, .constant: throw .invalid(name, "it is read-only")
        default: .string(try convertedText(try text(value, name), name))
        }
    }

    private func boolean(_ value: JSONValue, _ name: String) throws(Fault) -> Bool {
        switch value {
        case .bool(let value): return value
        case .integer(1): return true
        case .integer(0): return false
        case .string(let text):
            switch text.lowercased() {
            case "t", "true", "on", "y", "yes", "1": return true
            case "f", "false", "off", "n", "no", "0": return false
            default: break
            }
        default: break
        }
        throw .invalidInput("'\(value.shown)' cannot be converted to boolean, for \(name)")
    }

    private func integer(_ value: JSONValue, within range: ClosedRange<Int64>, _ name: String) throws(Fault) -> Int64 {
        let integer: Int64
        switch value {
        case .integer(let value): integer = value
        case .string(let text):
            guard let value = Int64(text) else {
                throw .invalidInput("'\(text)' is not an integer, for \(name)")
            }
            integer = value
        default: throw .invalidInput("'\(value.shown)' is not an integer, for \(name)")
        }
        guard range.contains(integer) else {
            throw .invalid(name, "\(integer) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return integer
    }

    private func word(_ value: JSONValue, _ longest: Int, _ name: String) throws(Fault) -> String {
        if case .integer(let number) = value { return String(number) }
        return try AttributeType.text(longest).convertedText(try text(value, name), name)
    }

    private func family(_ value: JSONValue, _ name: String) throws(Fault) -> Int64 {
        let version = try integer(value, within: 0...Int64.max, name)
        guard version == 4 || version == 6 else { throw .invalid(name, "'\(version)' is not in [4, 6]") }
        return version
    }

    private func list(
        _ value: JSONValue,
        of element: AttributeType,
        _ rule: ListRule,
        _ name: String
    ) throws(Fault) -> [JSONValue] {
        guard case .array(let values) = value else { throw .invalid(name, "'\(value.shown)' is not a list") }
        if let longest = rule.longest, values.count > longest {
            throw .invalid(name, "a list of \(values.count) exceeds \(longest)")
        }
        var converted: [JSONValue] = []
        converted.reserveCapacity(values.count)
        var seen: Set<JSONValue> = []
        for value in values {
            if value == .null { throw .invalid(name, "'null' is not an element") }
            let element = try element.converted(value, for: name)
            if rule.isUnique, !seen.insert(element).inserted {
                throw .invalid(name, "the list holds '\(value.shown)' twice")
            }
            converted.append(element)
        }
        return converted
    }

    private func freeObject(_ value: JSONValue, _ name: String) throws(Fault) -> String {
        guard case .object = value else { throw .invalid(name, "'\(value.shown)' is not a dictionary") }
        return String(decoding: value.text, as: UTF8.self)
    }

    private func object(
        _ value: JSONValue,
        _ attributes: [Attribute],
        emptyIsNull: Bool,
        _ name: String
    ) throws(Fault) -> JSONValue {
        guard case .object(let members) = value else { throw .invalid(name, "'\(value.shown)' is not a dictionary") }
        if members.isEmpty, emptyIsNull { return .null }
        var converted = JSONObject()
        for member in members.members {
            guard let attribute = attributes.first(where: { $0.name == member.name }) else {
                throw .invalid(name, "unexpected key '\(member.name)'")
            }
            converted[member.name] = try attribute.converted(member.value, within: name)
        }
        for attribute in attributes where attribute.isRequired && members[attribute.name] == nil {
            throw .invalid(name, "'\(attribute.name)' is missing")
        }
        return .object(converted)
    }

    private func text(_ value: JSONValue, _ name: String) throws(Fault) -> String {
        guard case .string(let text) = value else { throw .invalid(name, "'\(value.shown)' is not a valid string") }
        guard !text.utf8.contains(0) else { throw .invalid(name, "it holds a NUL character") }
        return text
    }
}

extension Attribute {
    /// The value in the form in which it travels; null stays null.
    ///
    /// - Throws: 400; the message names the attribute, and the one it is in.
    func converted(_ value: JSONValue, within outer: String? = nil) throws(Fault) -> JSONValue {
        let name = outer.map { "\($0).\(self.name)" } ?? self.name
        if value == .null {
            guard isNullable else {
                if case .boolean = type { throw .invalidInput("'None' cannot be converted to boolean, for \(name)") }
                throw .invalid(name, "it cannot be null")
            }
            return .null
        }
        return try type.converted(value, for: name)
    }
}

extension JSONValue {
    /// The value for a message, cut where it is long.
    var shown: String {
        let text: String
        if case .string(let string) = self { text = string } else { text = String(decoding: self.text, as: UTF8.self) }
        return text.count > 80 ? "\(text.prefix(80))…" : text
    }
}
