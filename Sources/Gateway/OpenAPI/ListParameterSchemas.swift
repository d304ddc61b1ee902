/// The parameters of a resource's list.
struct ListParameterSchemas {
    var resource: Resource

    var all: [JSONValue] {
        let filters = resource.attributes.filter { $0.uses.contains(.filter) }.map(filter)
        let tags = resource.isTaggable ? ["tags", "tags-any", "not-tags", "not-tags-any"].map(tagFilter) : []
        let sort = sortParameters
        let pages = resource.attribute(named: "id") == nil ? [] : Self.pages
        return filters + addresses + tags + sort + pages + [fields]
    }

    /// A parameter that may be repeated.
    private func parameter(_ name: String, of items: JSONValue, _ note: String) -> JSONValue {
        [
            "name": .string(name), "in": "query", "required": false, "style": "form", "explode": true,
            "description": .string(note), "schema": ["type": "array", "items": items],
        ]
    }

    /// Any of the values matches, so a text that no object can have is no mistake: only booleans and numbers are
    /// checked.
    private func filter(_ attribute: Attribute) -> JSONValue {
        let items: JSONValue =
            switch attribute.type {
            case .boolean, .integer, .family: attribute.type.schema
            default: ["type": "string"]
            }
        return parameter(attribute.name, of: items, "Only those with this \(attribute.name), or any of these.")
    }

    private var addresses: [JSONValue] {
        guard resource.attribute(named: "fixed_ips") != nil else { return [] }
        let form: JSONValue = ["type": "string", "pattern": "^(ip_address|subnet_id|ip_address_substr)=[^=&]*$"]
        return [parameter("fixed_ips", of: form, "Only those with such an address.")]
    }

    private func tagFilter(_ name: String) -> JSONValue {
        [
            "name": .string(name), "in": "query", "required": false, "description": "Tags, with commas between them.",
            "schema": ["type": "string"],
        ]
    }

    private var sortParameters: [JSONValue] {
        let names = resource.attributes.filter { $0.uses.contains(.sort) }.map { JSONValue.string($0.name) }
        guard !names.isEmpty else { return [] }
        return [
            parameter("sort_key", of: ["enum": .array(names)], "What to sort by; the first counts most."),
            parameter("sort_dir", of: ["enum": ["asc", "desc"]], "As many as there are sort_keys."),
        ]
    }

    /// The members that answers are to show.
    var fields: JSONValue {
        let names = resource.attributes.filter { $0.viewer != .nobody }.map { JSONValue.string($0.name) }
        return parameter("fields", of: ["enum": .array(names)], "Show these alone.")
    }

    private static let pages: [JSONValue] = [
        [
            "name": "limit", "in": "query", "required": false,
            "description": "The most objects of the answer; 0 is all.",
            "schema": ["type": "integer", "minimum": 0, "maximum": 2_147_483_647],
        ],
        [
            "name": "marker", "in": "query", "required": false, "description": "The last object of the page before.",
            "schema": ["type": "string", "format": "uuid"],
        ],
        [
            "name": "page_reverse", "in": "query", "required": false,
            "description": "The page before the marker instead of the one after it.", "schema": ["type": "boolean"],
        ],
    ]
}
