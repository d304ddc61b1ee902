internal import ResourceModel

/// Checks what a write gives against the resource's attribute table, in Neutron's order: unknown and read-only
/// attributes, missing ones, each value, the owner; then, as an own step, what the caller may not set.
struct WriteCheck {
    var resource: Resource
    var isCreate: Bool
    var context: RequestContext

    /// The objects of a body: those under the collection's key if it has one, otherwise the one under the resource's.
    ///
    /// - Throws: 400.
    static func objects(in body: JSONValue?, of resource: Resource) throws(Fault) -> (
        objects: [JSONObject], isBatch: Bool
    ) {
        guard let body else { throw .badRequest("Resource body required") }
        guard case .object(let members) = body else { throw .malformedBody("it is not an object") }
        guard let batch = members[resource.collection] else {
            return ([try object(in: members, of: resource)], false)
        }
        guard resource.verbs.contains(.createBatch) else { throw .badRequest("Bulk operation not supported") }
        guard case .array(let elements) = batch, !elements.isEmpty else {
            throw .badRequest("Resources required: '\(resource.collection)' must be a list that is not empty")
        }
        var objects: [JSONObject] = []
        for element in elements {
            guard case .object(let object) = element else { throw .badRequest("Invalid \(resource.name) in the list") }
            // Neutron also takes a list of bodies, each under the resource's key.
            if case .object(let inner)? = object[resource.name], object.members.count == 1 {
                objects.append(inner)
            } else {
                objects.append(object)
            }
        }
        return (objects, true)
    }

    /// The object under the resource's key.
    ///
    /// - Throws: 400.
    static func object(in members: JSONObject, of resource: Resource) throws(Fault) -> JSONObject {
        guard case .object(let object)? = members[resource.name] else {
            throw .badRequest("Unable to find '\(resource.name)' in request body")
        }
        return object
    }

    /// The attributes given, converted.
    ///
    /// - Throws: 400.
    func converted(_ object: JSONObject) throws(Fault) -> JSONObject {
        try checkNames(object)
        var converted = JSONObject()
        for member in object.members {
            guard let attribute = resource.attribute(named: member.name) else { continue }
            converted[member.name] = try attribute.converted(member.value)
        }
        try settleAliases(&converted)
        if isCreate { try settleOwner(&converted) }
        return converted
    }

    private func checkNames(_ object: JSONObject) throws(Fault) {
        let unknown = object.names.filter { resource.attribute(named: $0) == nil }
        guard unknown.isEmpty else {
            throw .badRequest("Unrecognized attribute(s) '\(unknown.joined(separator: ", "))'")
        }
        let use: Attribute.Uses = isCreate ? .post : .put
        for attribute in resource.attributes where !attribute.uses.contains(use) && object[attribute.name] != nil {
            throw isCreate
                ? .badRequest("Attribute '\(attribute.name)' not allowed in POST")
                : .badRequest("Cannot update read-only attribute \(attribute.name)")
        }
        guard isCreate else { return }
        for attribute in resource.attributes where attribute.isRequired && !isGiven(attribute, in: object) {
            throw .badRequest("Failed to parse request. Required attribute '\(attribute.name)' not specified")
        }
    }

    private func isGiven(_ attribute: Attribute, in object: JSONObject) -> Bool {
        object[attribute.name] != nil
            || resource.attributes.contains { $0.aliased == attribute.name && object[$0.name] != nil }
    }

    /// Leaves what has two names under one.
    private func settleAliases(_ object: inout JSONObject) throws(Fault) {
        for attribute in resource.attributes {
            guard let name = attribute.aliased, let value = object[attribute.name] else { continue }
            guard object[name] == nil || object[name] == value else {
                throw .badRequest("'\(name)' and '\(attribute.name)' do not match")
            }
            object[attribute.name] = nil
            object[name] = value
        }
    }

    /// Leaves the owner absent when it is the caller.
    private func settleOwner(_ object: inout JSONObject) throws(Fault) {
        guard let owner = object["project_id"] else { return }
        object["project_id"] = nil
        guard case .string(let project) = owner, project != context.projectID else { return }
        guard context.isAdmin else {
            throw .badRequest(
                "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires "
                    + "admin privileges"
            )
        }
        object["project_id"] = owner
    }

    /// Refuses what the caller may not set; `converted` is what passed the other checks.
    ///
    /// - Throws: 403 `PolicyNotAuthorized`.
    func checkPolicy(_ converted: JSONObject) throws(Fault) {
        let action = "\(isCreate ? "create" : "update")_\(resource.name)"
        guard context.canWrite else { throw .disallowed("rule:\(action)") }
        if let refused = Self.refused(converted, by: resource.attributes, context) {
            throw .disallowed("(rule:\(action) and rule:\(action):\(refused))")
        }
    }

    /// The path of the first attribute that the caller may not set; nil when there is none.
    static func refused(
        _ object: JSONObject,
        by attributes: [Attribute],
        _ context: RequestContext
    ) -> String? {
        for member in object.members {
            guard let attribute = attributes.first(where: { $0.name == member.name }) else { continue }
            let isHarmless = attribute.harmlessValue.map { $0 == member.value } ?? false
            if !isHarmless, !attribute.setter.includes(context) { return member.name }
            guard case .object(let inner, _) = attribute.type.element else { continue }
            let values = if case .array(let elements) = member.value { elements } else { [member.value] }
            for case .object(let value) in values {
                if let name = refused(value, by: inner, context) { return "\(member.name):\(name)" }
            }
        }
        return nil
    }
}

extension Attribute.Setter {
    /// Whether the caller is one of them.
    func includes(_ context: RequestContext) -> Bool {
        switch self {
        case .anyone: true
        case .managers: context.isAdmin || context.roles.contains(.manager)
        case .admins: context.isAdmin
        case .services: context.roles.contains(.service)
        }
    }
}
