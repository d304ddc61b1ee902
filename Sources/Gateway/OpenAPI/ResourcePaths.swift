/// The paths of a resource: its collection, its objects, their tags.
struct ResourcePaths {
    var resource: Resource

    private var name: String { resource.name }
    private var collection: String { resource.collection }
    private var noun: String { resource.contract.noun }
    private var verbs: Resource.Verbs { resource.verbs }

    var all: [(path: String, operations: JSONValue)] {
        let path = "/v2.0/\(parents)\(resource.pathName)"
        var paths = [
            (path, object([("get", .list, list), ("post", .create, create), ("post", .refusedCreate, refusal)]))
        ]
        if verbs.contains(.get) {
            let operations = object([("get", .get, show), ("put", .update, update), ("delete", .delete, delete)])
            paths.append(("\(path)/{id}", operations))
        }
        if resource.isTaggable {
            paths.append(("\(path)/{id}/tags", tags))
            paths.append(("\(path)/{id}/tags/{tag}", tag))
        }
        return paths
    }

    private func object(_ operations: [(method: String, verb: Resource.Verbs, operation: Operation)]) -> JSONValue {
        var object = JSONObject()
        for (method, verb, operation) in operations where verbs.contains(verb) { object[method] = operation.json }
        return .object(object)
    }

    /// Where a sub-collection's parent stands.
    private var parents: String { resource.parent.map { "\($0.collection)/{\($0.field)}/" } ?? "" }

    private var parent: [JSONValue] {
        resource.parent.map { [SharedParts.pathParameter($0.field, format: "uuid")] } ?? []
    }

    private var id: [JSONValue] { parent + [SharedParts.pathParameter("id", format: "uuid")] }

    private func operation(
        _ verb: String,
        _ summary: String,
        success: (status: Int, schema: JSONValue?)?,
        refusals: [Int] = Operation.writing
    ) -> Operation {
        Operation(id: verb, tag: collection, summary: summary, success: success, refusals: refusals)
    }

    /// One object under its key.
    private func keyed(_ schema: String) -> JSONValue {
        [
            "type": "object", "properties": [name: SharedParts.schema(schema)],
            "required": [.string(name)],
        ]
    }

    private func listed(_ schema: String, isRequest: Bool = false) -> JSONValue {
        var several = JSONObject(["type": "array", "items": SharedParts.schema(schema)])
        if isRequest { several["minItems"] = 1 }
        var properties = JSONObject([collection: .object(several)])
        if !isRequest { properties["\(collection)_links"] = SharedParts.schema("Links") }
        return ["type": "object", "properties": .object(properties), "required": [.string(collection)]]
    }

    private var list: Operation {
        var list = operation(
            "list_\(collection)",
            "List \(collection).",
            success: (200, listed(noun)),
            refusals: Operation.reading
        )
        list.parameters = parent + ListParameterSchemas(resource: resource).all
        return list
    }

    private var create: Operation {
        var create = operation("create_\(name)", "Create a \(title).", success: (201, keyed("\(noun)Whole")))
        create.parameters = parent
        create.body = keyed("\(noun)Create")
        if verbs.contains(.createBatch) {
            create.body = ["anyOf": [keyed("\(noun)Create"), listed("\(noun)Create", isRequest: true)]]
            create.success?.schema = ["anyOf": [keyed("\(noun)Whole"), listed("\(noun)Whole")]]
            create.summary = "Create a \(title), or several, all or nothing."
        }
        create.links = links
        return create
    }

    /// A create that is known and always wrong.
    private var refusal: Operation {
        operation("create_\(name)", "Refused: these come by themselves.", success: nil, refusals: [400, 401, 503])
    }

    /// What can be done with an object that was created.
    private var links: JSONValue {
        var links = JSONObject()
        let verbs: [(Resource.Verbs, String)] = [(.get, "show"), (.update, "update"), (.delete, "delete")]
        for (verb, word) in verbs where self.verbs.contains(verb) {
            var parameters = JSONObject(["id": .string("$response.body#/\(name)/id")])
            if let field = resource.parent?.field { parameters[field] = .string("$request.path.\(field)") }
            links["\(word)_\(name)"] = [
                "operationId": .string("\(word)_\(name)"), "parameters": .object(parameters),
            ]
        }
        return .object(links)
    }

    private var title: String { resource.title.prefix(1).lowercased() + resource.title.dropFirst() }

    private var show: Operation {
        var show = operation(
            "show_\(name)",
            "Show a \(title).",
            success: (200, keyed(noun)),
            refusals: Operation.reading
        )
        show.parameters = id + [ListParameterSchemas(resource: resource).fields]
        return show
    }

    private var update: Operation {
        var update = operation("update_\(name)", "Change a \(title).", success: (200, keyed("\(noun)Whole")))
        update.parameters = condition(id)
        update.body = keyed("\(noun)Update")
        return update
    }

    private var delete: Operation {
        var delete = operation("delete_\(name)", "Delete a \(title).", success: (204, nil))
        delete.parameters = condition(id)
        return delete
    }

    private func condition(_ parameters: [JSONValue]) -> [JSONValue] {
        resource.hasRevision ? parameters + [SharedParts.condition] : parameters
    }

    private var tags: JSONValue {
        let answer = SharedParts.schema("Tags")
        var list = operation("list_\(name)_tags", "List the tags.", success: (200, answer), refusals: Operation.reading)
        list.parameters = id
        var replace = operation("replace_\(name)_tags", "Replace all tags.", success: (200, answer))
        replace.parameters = condition(id)
        replace.body = answer
        var add = operation("add_\(name)_tags", "Add tags.", success: (200, answer))
        add.parameters = condition(id)
        add.body = answer
        var clear = operation("clear_\(name)_tags", "Remove all tags.", success: (204, nil))
        clear.parameters = condition(id)
        return ["get": list.json, "put": replace.json, "post": add.json, "delete": clear.json]
    }

    private var tag: JSONValue {
        let parameters = id + [SharedParts.pathParameter("tag")]
        var confirm = operation(
            "confirm_\(name)_tag",
            "Ask whether it has a tag.",
            success: (204, nil),
            refusals: Operation.reading
        )
        confirm.parameters = parameters
        var add = operation("add_\(name)_tag", "Add one tag.", success: (201, nil))
        add.parameters = condition(parameters)
        var remove = operation("remove_\(name)_tag", "Remove one tag.", success: (204, nil))
        remove.parameters = condition(parameters)
        return ["get": confirm.json, "put": add.json, "delete": remove.json]
    }
}

extension Resource {
    /// The collection's name as URLs usually write it; both forms are understood.
    fileprivate var pathName: String {
        Self.dashed.contains(collection) ? String(collection.map { $0 == "_" ? "-" : $0 }) : collection
    }

    private static let dashed: Set<String> = [
        "address_scopes", "security_groups", "security_group_rules", "rbac_policies", "network_ip_availabilities",
        "service_providers",
    ]
}
