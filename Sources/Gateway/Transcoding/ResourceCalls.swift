internal import ResourceModel

/// The calls that a resource's standard methods need: which method, and the request's bytes.
///
/// The names follow the contracts' rules (`Get…`, `List…`, `Create…`, `BatchCreate…`, `Update…`, `Delete…`), so that a
/// table says no more than the noun.
struct ResourceCalls: Sendable {
    private let contract: Resource.Contract
    private let name: String
    private let collection: String
    private let hasRevision: Bool
    private let query: QueryEncoder
    private let update: MessageForm?
    private let delete: MessageForm?
    private let mask: MessageForm
    /// The list answer's fields.
    let page: MessageForm

    /// - Throws: `TableError` when the contracts lack a message or field.
    init(_ resource: Resource) throws(TableError) {
        let contract = resource.contract
        let noun = contract.noun
        self.contract = contract
        name = resource.name
        collection = resource.collection
        hasRevision = resource.hasRevision
        query = try QueryEncoder()
        mask = try MessageForm("google.protobuf.FieldMask", "paths")
        page = try MessageForm(contract.type("List\(contract.plural)Response"), resource.collection)
        update =
            !resource.verbs.contains(.update)
            ? nil
            : hasRevision
                ? try MessageForm(
                    contract.type("Update\(noun)Request"),
                    name,
                    "update_mask",
                    "expected_revision_number",
                    "add_tags",
                    "remove_tags"
                )
                : try MessageForm(contract.type("Update\(noun)Request"), name, "update_mask")
        delete =
            !resource.verbs.contains(.delete)
            ? nil
            : hasRevision
                ? try MessageForm(contract.type("Delete\(noun)Request"), "id", "expected_revision_number")
                : try MessageForm(contract.type("Delete\(noun)Request"), "id")
    }

    private func method(_ name: String, isRepeatable: Bool) -> ServiceMethod {
        ServiceMethod(service: "\(contract.package).\(contract.service)", name: name, isRepeatable: isRepeatable)
    }

    /// A method with its request.
    typealias Call = (method: ServiceMethod, request: [UInt8])

    func get(_ id: String) -> Call {
        var writer = WireWriter()
        writer.string(1, id)
        return (method("Get\(contract.noun)", isRepeatable: true), writer.bytes)
    }

    func list(_ query: ListQuery) -> Call {
        var writer = WireWriter()
        writer.message(1, self.query.bytes(query))
        return (method("List\(contract.plural)", isRepeatable: true), writer.bytes)
    }

    /// The object carries its id, so that sending it twice makes one.
    func create(_ object: [UInt8]) -> Call {
        var writer = WireWriter()
        writer.message(1, object)
        return (method("Create\(contract.noun)", isRepeatable: true), writer.bytes)
    }

    func createBatch(_ objects: [[UInt8]]) -> Call {
        var writer = WireWriter()
        for object in objects { writer.message(1, object) }
        return (method("BatchCreate\(contract.plural)", isRepeatable: true), writer.bytes)
    }

    /// The change of one object.
    struct Change: Sendable {
        var object: [UInt8]
        var mask: [String] = []
        var expectedRevision: Revision?
        var addedTags: [String] = []
        var removedTags: [String] = []
    }

    func update(_ change: Change) -> Call {
        let request = update?.bytes { form, writer in
            writer.message(form[name], change.object)
            let paths = mask.bytes { mask, writer in
                for path in change.mask { writer.string(mask["paths"], path) }
            }
            writer.message(form["update_mask"], paths)
            if let revision = change.expectedRevision { writer.revision(form["expected_revision_number"], revision) }
            for tag in change.addedTags { writer.string(form["add_tags"], tag) }
            for tag in change.removedTags { writer.string(form["remove_tags"], tag) }
        }
        // With a condition the second of two would fail by what the first one did.
        let isRepeatable = change.expectedRevision == nil
        return (method("Update\(contract.noun)", isRepeatable: isRepeatable), request ?? [])
    }

    func delete(_ id: String, expectedRevision: Revision?) -> Call {
        let request = delete?.bytes { form, writer in
            writer.string(form["id"], id)
            if let expectedRevision { writer.revision(form["expected_revision_number"], expectedRevision) }
        }
        return (method("Delete\(contract.noun)", isRepeatable: false), request ?? [])
    }
}

extension WireWriter {
    /// 0 means any revision there, and no object has it, so it becomes one that no object has either.
    fileprivate mutating func revision(_ field: Int, _ revision: Revision) {
        integer(field, revision == 0 ? -1 : revision)
    }
}
