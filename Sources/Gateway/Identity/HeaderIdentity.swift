internal import ResourceModel

/// Identity mode `none`: whoever reaches the gateway is who the headers say, and an administrator when they say nothing
/// of roles.
///
/// Source: Neutron's `auth_strategy = noauth`, with headers that it lacks.
struct HeaderIdentity: Sendable {
    /// The project of a caller that names none.
    static let defaultProject = "admin"
    /// What a caller may do that says nothing of roles.
    private static let everything = implied(by: [.admin])

    /// The caller of a request; `header` gives the values of the header of a name, in whatever case.
    ///
    /// - Throws: 400 when a header could not be told to the services.
    func context(requestID: String, header: (String) -> [String]) throws(Fault) -> RequestContext {
        let project = try plain(header("X-Project-Id").isEmpty ? "X-Tenant-Id" : "X-Project-Id", header)
        let roles = header("X-Roles")
        return RequestContext(
            projectID: project ?? Self.defaultProject,
            userID: try plain("X-User-Id", header) ?? "",
            roles: roles.isEmpty ? Self.everything : Self.roles(roles),
            requestID: requestID
        )
    }

    private func plain(_ name: String, _ header: (String) -> [String]) throws(Fault) -> String? {
        guard let value = header(name).first, !value.isEmpty else { return nil }
        guard value.utf8.count <= 255, value.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
            throw .badRequest("\(name) must be at most 255 visible ASCII characters")
        }
        return value
    }

    /// Exactly the roles named and those that they imply; names of roles that mean nothing here are passed over.
    static func roles(_ headers: [String]) -> Set<Role> {
        let named = headers.flatMap { $0.split(separator: ",") }
            .compactMap { Role(rawValue: $0.trimming(while: { $0 == " " }).lowercased()) }
        return implied(by: Set(named))
    }

    private static func implied(by roles: Set<Role>) -> Set<Role> {
        var roles = roles
        if roles.contains(.admin) { roles.insert(.manager) }
        if roles.contains(.manager) { roles.insert(.member) }
        if roles.contains(.member) { roles.insert(.reader) }
        return roles
    }
}
