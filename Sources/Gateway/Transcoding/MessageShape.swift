internal import CContracts
internal import CProtobufC

/// A message of the contracts as libprotobuf-c describes it: its fields by number and by name.
struct MessageShape: Sendable {
    /// For example `l3.router.v1.Router`.
    let name: String
    let fields: [Field]

    struct Field: Hashable, Sendable {
        var name: String
        var number: Int
        var kind: Kind
        var isRepeated: Bool
    }

    enum Kind: Hashable, Sendable {
        case string
        case boolean
        /// A plain varint, signed in two's complement.
        case integer
        /// A message of the given full name.
        case message(String)
        /// Something the tables have no use for.
        case other
    }

    /// The shape of the message of the given full name.
    ///
    /// - Throws: `noSuchMessage`.
    init(_ name: String) throws(TableError) {
        guard let descriptor = contract_message(name) else { throw .noSuchMessage(name) }
        self.name = name
        let count = Int(descriptor.pointee.n_fields)
        fields = UnsafeBufferPointer(start: descriptor.pointee.fields, count: count).map(Field.init)
    }

    /// - Throws: `noSuchField`.
    func field(_ name: String) throws(TableError) -> Field {
        guard let field = fields.first(where: { $0.name == name }) else {
            throw .noSuchField(name, message: self.name)
        }
        return field
    }

    /// The number of the field of the given name.
    ///
    /// - Throws: `noSuchField`.
    func number(_ name: String) throws(TableError) -> Int { try field(name).number }
}

extension MessageShape.Field {
    fileprivate init(_ descriptor: ProtobufCFieldDescriptor) {
        name = String(cString: descriptor.name)
        number = Int(descriptor.id)
        isRepeated = descriptor.label == PROTOBUF_C_LABEL_REPEATED
        switch descriptor.type {
        case PROTOBUF_C_TYPE_STRING: kind = .string
        case PROTOBUF_C_TYPE_BOOL: kind = .boolean
        case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_ENUM: kind = .integer
        case PROTOBUF_C_TYPE_MESSAGE:
            kind =
                descriptor.descriptor.map {
                    .message(String(cString: $0.assumingMemoryBound(to: ProtobufCMessageDescriptor.self).pointee.name))
                } ?? .other
        default: kind = .other
        }
    }
}

/// A table that does not fit the contracts: a defect, found when the program starts.
enum TableError: Error, Hashable {
    case noSuchMessage(String)
    case noSuchField(String, message: String)
    /// The attribute's type cannot be carried by the field.
    case unfit(attribute: String, message: String)
}
