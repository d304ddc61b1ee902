public import GRPCCore
public import ResourceModel

extension RequestContext {
    private static let projectKey = "x-sluice-project-id"
    private static let userKey = "x-sluice-user-id"
    private static let rolesKey = "x-sluice-roles"
    private static let requestKey = "x-request-id"

    /// The context that a call carries; what is absent is empty, so a call without metadata may do nothing.
    public init(metadata: Metadata) {
        self.init(
            projectID: metadata.firstText(Self.projectKey) ?? "",
            userID: metadata.firstText(Self.userKey) ?? "",
            roles: Set(
                (metadata.firstText(Self.rolesKey) ?? "").split(separator: ",").compactMap {
                    Role(rawValue: String($0))
                }
            ),
            requestID: metadata.firstText(Self.requestKey) ?? "req-none"
        )
    }

    /// The metadata of a call that carries nothing but the context.
    public var metadata: Metadata {
        var metadata = Metadata()
        metadata.reserveCapacity(4)
        metadata.addString(projectID, forKey: Self.projectKey)
        metadata.addString(userID, forKey: Self.userKey)
        metadata.addString(rolesText, forKey: Self.rolesKey)
        metadata.addString(requestID, forKey: Self.requestKey)
        return metadata
    }

    /// The names of the roles, in the order in which they are declared.
    private var rolesText: String {
        var text = ""
        for role in Role.allCases where roles.contains(role) {
            if !text.isEmpty { text += "," }
            text += role.rawValue
        }
        return text
    }

    /// Writes the context over whatever the metadata had of one.
    public func write(to metadata: inout Metadata) {
        metadata.replaceOrAddString(projectID, forKey: Self.projectKey)
        metadata.replaceOrAddString(userID, forKey: Self.userKey)
        metadata.replaceOrAddString(rolesText, forKey: Self.rolesKey)
        metadata.replaceOrAddString(requestID, forKey: Self.requestKey)
    }
}

extension Metadata {
    fileprivate func firstText(_ key: String) -> String? {
        self[stringValues: key].first { _ in true }
    }
}
