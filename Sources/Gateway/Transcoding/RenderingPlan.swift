/// How the fields of a message become the members of a JSON object for one kind of viewer, worked out once.
final class RenderingPlan: Sendable {
    let members: [Member]
    /// The slot of each field number; -1 for fields that nobody looks at.
    let slots: [Int8]
    let slotCount: Int

    struct Member: Sendable {
        /// `"name":`, as it stands in the object.
        var key: [UInt8]
        /// Where the scan finds the field; -1 for a constant.
        var slot: Int
        var number: Int
        var isRepeated: Bool
        var form: Form
        var emptyForm: Attribute.EmptyForm
    }

    enum Form: Sendable {
        case string
        case boolean
        case integer
        case moment(AttributeType.MomentForm)
        case object(RenderingPlan)
        /// A JSON object that travels as its text.
        case embedded
        case constant([UInt8])
    }

    /// The plan for the attributes that the viewer sees; `fields` are the only members wanted, nil for all.
    ///
    /// - Throws: `TableError` when an attribute has no fitting field.
    init(
        _ attributes: [Attribute],
        of shape: MessageShape,
        forAdmins: Bool,
        fields: Set<String>? = nil
    ) throws(TableError) {
        var numbers: [Int] = []
        var members: [Member] = []
        for attribute in attributes where attribute.isSeen(byAdmins: forAdmins) {
            if let fields, !fields.contains(attribute.name) { continue }
            let form = try Self.form(attribute, in: shape, forAdmins: forAdmins)
            var member = Member(
                key: JSONValue.string(attribute.name).text + [UInt8(ascii: ":")],
                slot: -1,
                number: 0,
                isRepeated: attribute.type.isList,
                form: form,
                emptyForm: attribute.emptyForm
            )
            if let name = attribute.field {
                member.number = try shape.number(name)
                if !numbers.contains(member.number) { numbers.append(member.number) }
                member.slot = numbers.firstIndex(of: member.number) ?? -1
            }
            members.append(member)
        }
        var slots = [Int8](repeating: -1, count: (numbers.max() ?? 0) + 1)
        for (slot, number) in numbers.enumerated() { slots[number] = Int8(slot) }
        self.members = members
        self.slots = slots
        slotCount = numbers.count
    }

    private static func form(
        _ attribute: Attribute,
        in shape: MessageShape,
        forAdmins: Bool
    ) throws(TableError) -> Form {
        if case .constant(let value) = attribute.type { return .constant(value.text) }
        let field = try shape.field(attribute.field ?? attribute.name)
        guard attribute.type.isList == field.isRepeated else {
            throw .unfit(attribute: attribute.name, message: shape.name)
        }
        switch (attribute.type.element, field.kind) {
        case (.boolean, .boolean): return .boolean
        case (.integer, .integer) where !field.isRepeated, (.family, .integer) where !field.isRepeated: return .integer
        case (.moment(let form), .message("google.protobuf.Timestamp")): return .moment(form)
        case (.object(let attributes, _), .message(let name)):
            return .object(try RenderingPlan(attributes, of: try MessageShape(name), forAdmins: forAdmins))
        case (.freeObject, .string): return .embedded
        case (.boolean, _), (.integer, _), (.family, _), (.moment, _), (.object, _): break
        case (_, .string): return .string
        default: break
        }
        throw .unfit(attribute: attribute.name, message: shape.name)
    }
}

extension Attribute {
    /// Whether answers to administrators, or to everyone, show it.
    func isSeen(byAdmins: Bool) -> Bool {
        switch viewer {
        case .everyone: true
        case .admins: byAdmins
        case .nobody: false
        }
    }
}
