internal import Addressing
internal import ResourceModel

/// Reads the filters of a list request off its parameters, by the resource's attribute table.
struct FilterReader {
    var resource: Resource
    var viewerIsAdmin: Bool

    struct Result {
        var filters: [ListQuery.Filter] = []
        var matchesNothing = false
    }

    /// Parameters that are no filters.
    private static let ignored: Set<String> = ["fields", "sort_key", "sort_dir", "limit", "marker", "page_reverse"]
    private static let tagFilters: Set<String> = ["tags", "tags-any", "not-tags", "not-tags-any"]
    /// What a filter on the fixed addresses may ask for.
    ///
    /// Source: Networking API v2.0, "List ports".
    private static let addressKinds: Set<String> = ["ip_address", "subnet_id", "ip_address_substr"]

    /// A parameter that occurs more than once matches any of its values; different ones must all match.
    ///
    /// - Throws: 400 for what is no filterable attribute, or a value that its converter refuses.
    func filters(_ parameters: QueryString) throws(Fault) -> Result {
        var result = Result()
        var names: [String] = []
        for pair in parameters.pairs where !Self.ignored.contains(pair.name) && !names.contains(pair.name) {
            names.append(pair.name)
        }
        for name in names {
            let values = parameters.values(name)
            if resource.isTaggable, Self.tagFilters.contains(name) {
                // The empty text is a tag like any other.
                let tags = values.flatMap {
                    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                }
                add(tags: tags, as: name, to: &result)
            } else if name == "fixed_ips", resource.attribute(named: name) != nil {
                try addAddresses(values, to: &result)
            } else {
                try add(attribute: name, values, to: &result)
            }
        }
        return result
    }

    /// Nothing has a tag that no text in a database can be.
    private func add(tags: [String], as name: String, to result: inout Result) {
        let possible = tags.filter { !$0.utf8.contains(0) }
        switch name {
        case "tags" where possible.count < tags.count: result.matchesNothing = true
        case "not-tags" where possible.count < tags.count, "not-tags-any" where possible.isEmpty: break
        default: add(name, possible, to: &result)
        }
    }

    private func add(attribute name: String, _ values: [String], to result: inout Result) throws(Fault) {
        guard let attribute = resource.attribute(named: name), attribute.uses.contains(.filter),
            attribute.isFilterAlone || attribute.isSeen(byAdmins: viewerIsAdmin), let field = attribute.field
        else { throw .badRequest("'\(name)' is an invalid attribute for filtering \(resource.collection)") }
        var converted: [String] = []
        for value in values {
            if let value = try attribute.filterValue(value) { converted.append(value) }
        }
        add(field, converted, to: &result)
    }

    private func addAddresses(_ values: [String], to result: inout Result) throws(Fault) {
        var values = values.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        while let kind = values.first?.first.map(String.init) {
            guard Self.addressKinds.contains(kind), values.allSatisfy({ $0.count == 2 }) else {
                throw .invalidInput("'fixed_ips' is filtered by ip_address=, subnet_id= or ip_address_substr=")
            }
            let wanted = values.filter { $0[0] == kind }.map { String($0[1]) }
            values.removeAll { $0[0] == kind }
            let type: AttributeType = kind == "subnet_id" ? .id : kind == "ip_address" ? .address(nil) : .text(64)
            let attribute = Attribute(kind, type)
            var converted: [String] = []
            for value in wanted {
                if let value = try attribute.filterValue(value) { converted.append(value) }
            }
            add("fixed_ips.\(kind)", converted, to: &result)
        }
    }

    private func add(_ field: String, _ values: [String], to result: inout Result) {
        if values.isEmpty { result.matchesNothing = true }
        if let index = result.filters.firstIndex(where: { $0.field == field }) {
            // Both names of the owner: both must hold.
            result.filters[index].values.removeAll { !values.contains($0) }
            if result.filters[index].values.isEmpty { result.matchesNothing = true }
        } else {
            result.filters.append(ListQuery.Filter(field, values))
        }
    }
}

extension Attribute {
    /// The value in the contracts' text form; nil when nothing can have it.
    ///
    /// - Throws: 400 `InvalidInput` for what is no boolean or number where one is wanted.
    func filterValue(_ text: String) throws(Fault) -> String? {
        switch type.element {
        case .boolean: return try type.converted(.string(text), for: name) == true ? "true" : "false"
        case .integer, .family:
            // What is out of range is a number all the same; nothing has it.
            guard case .integer(let value) = try AttributeType.anyInteger.converted(.string(text), for: name) else {
                return nil
            }
            return String(value)
        case .block:
            return text.isEmpty ? "" : CIDR(text).flatMap { $0.hasHostBits ? nil : $0.description }
        case .id, .address, .mac, .text, .project, .choice:
            if text.isEmpty { return "" }
            guard case .string(let value)? = try? type.element.converted(.string(text), for: name) else { return nil }
            return value
        default: return text.utf8.contains(0) ? nil : text
        }
    }
}
