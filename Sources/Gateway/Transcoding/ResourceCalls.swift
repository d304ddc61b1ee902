internal import ResourceModel

/// The calls that a resource's standard methods need: which method, and the request's bytes.
///
/// The names follow the contracts' rules (`Get…`, `List…`, `Create…`, `BatchCreate…`, `Update…`, `Delete…`), so that a
/// table says no more than the noun. Requests on a sub-collection name the parent, too.
struct ResourceCalls: Sendable {
    private let contract: Resource.Contract
    private let name: String
    private let parentField: String?
    private let idField: String
    private let query: QueryEncoder
    private let get: MessageForm?
    private let list: MessageForm
    private let update: MessageForm?
    private let delete: MessageForm?
    private let mask: MessageForm
    /// The list answer's fields.
    let page: MessageForm

    /// - Throws: `TableError` when the contracts lack a message or field.
    init(_ resource: Resource) throws(TableError) {
        let (contract, verbs) = (resource.contract, resource.verbs)
        let noun = contract.noun
        let parent = resource.parent.map { [$0.field] } ?? []
        self.contract = contract
        name = resource.name
        parentField = parent.first
        query = try QueryEncoder()
        mask = try MessageForm("google.protobuf.FieldMask", "paths")
        page = try MessageForm(contract.type("List\(contract.plural)Response"), resource.collection)
        list = try MessageForm(contract.type("List\(contract.plural)Request"), fields: ["query"] + parent)
        // Where objects have the id of another, the table's first attribute is what a request names.
        idField = resource.attribute(named: "id") == nil ? resource.attributes.first?.field ?? "id" : "id"
        get =
            verbs.contains(.get) ? try MessageForm(contract.type("Get\(noun)Request"), fields: [idField] + parent) : nil
        var changed = [name, "update_mask"]
        if resource.hasRevision { changed.append("expected_revision_number") }
        if resource.isTaggable { changed += ["add_tags", "remove_tags"] }
        update = verbs.contains(.update) ? try MessageForm(contract.type("Update\(noun)Request"), fields: changed) : nil
        let removed = ["id"] + parent + (resource.hasRevision ? ["expected_revision_number"] : [])
        delete = verbs.contains(.delete) ? try MessageForm(contract.type("Delete\(noun)Request"), fields: removed) : nil
    }

    private func method(_ name: String, isRepeatable: Bool) -> ServiceMethod {
        ServiceMethod(service: "\(contract.package).\(contract.service)", name: name, isRepeatable: isRepeatable)
    }

    /// A method with its request.
    typealias Call = (method: ServiceMethod, request: [UInt8])

    private func write(_ parent: String?, _ form: MessageForm, to writer: inout WireWriter) {
        if let parentField, let parent { writer.string(form[parentField], parent) }
    }

    func get(_ id: String, of parent: String? = nil) -> Call {
        let request = get?.bytes { form, writer in
            writer.string(form[idField], id)
            write(parent, form, to: &writer)
        }
        return (method("Get\(contract.noun)", isRepeatable: true), request ?? [])
    }

    func list(_ query: ListQuery, of parent: String? = nil) -> Call {
        let request = list.bytes { form, writer in
            writer.message(form["query"], self.query.bytes(query))
            write(parent, form, to: &writer)
        }
        return (method("List\(contract.plural)", isRepeatable: true), request)
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

    func delete(_ id: String, of parent: String? = nil, expectedRevision: Revision?) -> Call {
        let request = delete?.bytes { form, writer in
            writer.string(form["id"], id)
            write(parent, form, to: &writer)
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
