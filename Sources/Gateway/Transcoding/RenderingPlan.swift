/// How the fields of a message become the members of a JSON object for one kind of viewer, worked out once.
///
/// What a rendering walks over holds no references, so that walking costs no counting.
final class RenderingPlan: Sendable {
    let members: [Member]
    /// The `,"name":` of all members, one after the other.
    let keys: [UInt8]
    /// The plans and texts that members' forms point to.
    let objects: [RenderingPlan]
    let constants: [[UInt8]]
    /// The slot of each field number; -1 for fields that nobody looks at.
    let slots: [Int8]
    let slotCount: Int

    struct Member: BitwiseCopyable, Sendable {
        /// Where its key stands in `keys`.
        var keyStart = 0
        var keyEnd = 0
        /// Where the scan finds the field; -1 for a constant.
        var slot = -1
        var number = 0
        var isRepeated: Bool
        var form: Form
        var emptyForm: Attribute.EmptyForm

        /// Whether it is one string, as most members are.
        var isText: Bool {
            if case .string = form { !isRepeated } else { false }
        }
    }

    enum Form: BitwiseCopyable, Sendable {
        case string
        case boolean
        case integer
        case moment(AttributeType.MomentForm)
        /// An object, by the plan of that index.
        case object(Int)
        /// A JSON object that travels as its text.
        case embedded
        /// The text of that index.
        case constant(Int)
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
        var keys: [UInt8] = []
        var parts = Parts()
        for attribute in attributes where attribute.isSeen(byAdmins: forAdmins) {
            if let fields, !fields.contains(attribute.name) { continue }
            var member = Member(
                isRepeated: attribute.type.isList,
                form: try parts.form(attribute, in: shape, forAdmins: forAdmins),
                emptyForm: attribute.emptyForm
            )
            member.keyStart = keys.count
            keys += [UInt8(ascii: ",")] + JSONValue.string(attribute.name).text + [UInt8(ascii: ":")]
            member.keyEnd = keys.count
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
        self.keys = keys
        objects = parts.objects
        constants = parts.constants
        self.slots = slots
        slotCount = numbers.count
    }

    /// What members' forms point to, as it comes together.
    private struct Parts {
        var objects: [RenderingPlan] = []
        var constants: [[UInt8]] = []

        mutating func form(
            _ attribute: Attribute,
            in shape: MessageShape,
            forAdmins: Bool
        ) throws(TableError) -> Form {
            if case .constant(let value) = attribute.type {
                constants.append(value.text)
                return .constant(constants.count - 1)
            }
            let field = try shape.field(attribute.field ?? attribute.name)
            guard attribute.type.isList == field.isRepeated else {
                throw .unfit(attribute: attribute.name, message: shape.name)
            }
            switch (attribute.type.element, field.kind) {
            case (.boolean, .boolean): return .boolean
            case (.integer, .integer) where !field.isRepeated, (.family, .integer) where !field.isRepeated:
                return .integer
            case (.moment(let form), .message("google.protobuf.Timestamp")): return .moment(form)
            case (.object(let attributes, _), .message(let name)):
                objects.append(
                    try RenderingPlan(attributes, of: try MessageShape(name), forAdmins: forAdmins)
                )
                return .object(objects.count - 1)
            case (.freeObject, .string), (.decimal, .string): return .embedded
            case (.boolean, _), (.integer, _), (.family, _), (.moment, _), (.object, _): break
            case (_, .string): return .string
            default: break
            }
            throw .unfit(attribute: attribute.name, message: shape.name)
        }
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
