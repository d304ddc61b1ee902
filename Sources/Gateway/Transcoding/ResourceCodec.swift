internal import ResourceModel

/// A resource's objects as message bytes and as JSON, all worked out from its attribute table once.
final class ResourceCodec: Sendable {
    let resource: Resource
    let calls: ResourceCalls
    private let shape: MessageShape
    private let encoding: EncodingPlan
    private let adminView: RenderingPlan
    private let projectView: RenderingPlan
    /// The object's id; 0 for a resource without one.
    private let idNumber: Int
    /// The field with the parent's id; 0 for a collection of its own.
    private let parentNumber: Int

    /// - Throws: `TableError` when the table does not fit the contracts.
    init(_ resource: Resource) throws(TableError) {
        self.resource = resource
        calls = try ResourceCalls(resource)
        let shape = try MessageShape(resource.contract.message)
        self.shape = shape
        encoding = try EncodingPlan(resource.attributes, as: shape)
        adminView = try RenderingPlan(resource.attributes, of: shape, forAdmins: true)
        projectView = try RenderingPlan(resource.attributes, of: shape, forAdmins: false)
        idNumber = shape.fields.first { $0.name == "id" }?.number ?? 0
        parentNumber = try resource.parent.map { parent throws(TableError) in try shape.number(parent.field) } ?? 0
    }

    /// How objects are shown to the caller.
    func view(for context: RequestContext, fields: Set<String>? = nil) throws(TableError) -> RenderingPlan {
        guard let fields else { return context.isAdmin ? adminView : projectView }
        return try RenderingPlan(resource.attributes, of: shape, forAdmins: context.isAdmin, fields: fields)
    }

    /// The contract's names of the fields that carry the attributes, for an update mask.
    func mask(_ object: JSONObject) -> [String] { object.members.compactMap { encoding.fieldName($0.name) } }

    /// The bytes of an object with the id and the converted attributes, of the parent if it has one.
    func object(id: String, of parent: String? = nil, _ attributes: JSONObject, isCreate: Bool) -> [UInt8] {
        var writer = WireWriter()
        writer.string(idNumber, id)
        if let parent { writer.string(parentNumber, parent) }
        encoding.write(attributes, marksGiven: isCreate, to: &writer)
        return writer.bytes
    }

    /// The id of the object in the range; nil when it has none.
    func id(of object: Span<UInt8>, in range: Range<Int>) throws(WireError) -> String? {
        try texts(idNumber, of: object, in: range).last
    }

    /// The texts of a field of an object, for example its tags.
    func texts(_ name: String, of object: [UInt8]) throws -> [String] {
        try texts(try shape.number(name), of: object.span, in: 0..<object.count)
    }

    private func texts(_ number: Int, of object: Span<UInt8>, in range: Range<Int>) throws(WireError) -> [String] {
        var texts: [String] = []
        var reader = WireReader(in: range)
        while let field = try reader.next(object) {
            if field.number == number { texts.append(object.text(field.range)) }
        }
        return texts
    }
}

extension Span<UInt8> {
    /// The text that the bytes in the range are.
    func text(_ range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for index in range { bytes.append(self[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
