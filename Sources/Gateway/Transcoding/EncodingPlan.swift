/// How the attributes of a table become the fields of a message, worked out once.
struct EncodingPlan: Sendable {
    private let members: [String: Member]

    private struct Member: Sendable {
        var number: Int
        var fieldName: String
        var isRepeated: Bool
        var value: Value
        var givenNumber: Int?
    }

    private indirect enum Value: Sendable {
        case string
        case boolean
        case integer
        case message(EncodingPlan)
    }

    /// - Throws: `TableError` when an attribute that requests may give has no fitting field.
    init(_ attributes: [Attribute], as shape: MessageShape) throws(TableError) {
        var members: [String: Member] = [:]
        for attribute in attributes {
            guard !attribute.isFilterAlone, let fieldName = attribute.field else { continue }
            let field = try shape.field(fieldName)
            guard let value = try Self.value(attribute.type.element, field) else { continue }
            guard attribute.type.isList == field.isRepeated else {
                throw .unfit(attribute: attribute.name, message: shape.name)
            }
            members[attribute.name] = Member(
                number: field.number,
                fieldName: fieldName,
                isRepeated: field.isRepeated,
                value: value,
                givenNumber: try attribute.givenField.map { name throws(TableError) in try shape.number(name) }
            )
        }
        self.members = members
    }

    private static func value(_ type: AttributeType, _ field: MessageShape.Field) throws(TableError) -> Value? {
        switch (type, field.kind) {
        case (.moment, _), (.constant, _): return nil
        case (.object(let attributes, _), .message(let name)):
            return .message(try EncodingPlan(attributes, as: try MessageShape(name)))
        case (.boolean, .boolean): return .boolean
        case (.integer, .integer), (.family, .integer): return .integer
        case (.boolean, _), (.integer, _), (.family, _), (.object, _): break
        case (_, .string): return .string
        default: break
        }
        throw .unfit(attribute: field.name, message: "field \(field.number)")
    }

    /// The contract's name of an attribute's field, for an update mask.
    func fieldName(_ attribute: String) -> String? { members[attribute]?.fieldName }

    /// Writes converted attributes as fields; what the caller did not give is not written.
    ///
    /// Null is the empty value: an empty string where the field is text (which says "none" where it has presence),
    /// nothing where it is anything else. `marksGiven` writes the flags that tell given lists from absent ones.
    func write(_ object: JSONObject, marksGiven: Bool = false, to writer: inout WireWriter) {
        for entry in object.members {
            guard let member = members[entry.name] else { continue }
            if marksGiven, let number = member.givenNumber { writer.bool(number, true) }
            if member.isRepeated {
                guard case .array(let elements) = entry.value else { continue }
                for element in elements { write(element, member, to: &writer) }
            } else {
                write(entry.value, member, to: &writer)
            }
        }
    }

    private func write(_ value: JSONValue, _ member: Member, to writer: inout WireWriter) {
        switch (member.value, value) {
        case (.string, .string(let text)): writer.string(member.number, text)
        case (.string, .null): writer.string(member.number, "")
        case (.boolean, .bool(let value)): writer.bool(member.number, value)
        case (.integer, .integer(let value)): writer.integer(member.number, value)
        case (.message(let plan), .object(let object)):
            var inner = WireWriter()
            plan.write(object, to: &inner)
            writer.message(member.number, inner.bytes)
        default: break
        }
    }
}

extension AttributeType {
    var isList: Bool {
        if case .list = self { true } else { false }
    }

    /// The type of one value: a list's element, or the type itself.
    var element: AttributeType {
        if case .list(let element, _) = self { element } else { self }
    }
}
