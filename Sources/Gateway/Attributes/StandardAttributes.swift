// The attributes that most resources have. Source: Networking API v2.0, "Standard attributes".
extension Attribute {
    static let id = Attribute("id", .id, [.filter, .sort])
    static let name = Attribute("name", .text(255), .all)
    static let adminStateUp = Attribute("admin_state_up", .boolean, .all)
    static let status = Attribute("status", .text(16), [.filter, .sort])

    /// Both names of the owner.
    static let owner = [
        Attribute("tenant_id", .project, [.post, .filter, .sort]).field("project_id").alias(of: "project_id"),
        Attribute("project_id", .project, [.post, .filter, .sort]),
    ]

    static let standard = [
        Attribute("description", .text(255), [.post, .put, .filter]),
        Attribute("tags", tagList, .post),
        Attribute("created_at", .moment(.zulu)),
        Attribute("updated_at", .moment(.zulu)),
        Attribute("revision_number", .integer(0...Int64.max), .filter),
    ]

    /// At most 50 distinct tags.
    static let tagList = AttributeType.list(.text(255), .unique(longest: 50))

    static let address = Attribute("ip_address", .address(nil))
    static let subnetID = Attribute("subnet_id", .id)
}
