/// On whose behalf a request runs, as the gateway learnt it and every service behind it believes it.
public struct RequestContext: Hashable, Sendable {
    /// The project of the caller; empty for an administrator without one.
    public var projectID: String
    /// The user of the caller, for logs; may be empty.
    public var userID: String
    /// What the caller may do.
    public var roles: Set<Role>
    /// The request's id, `req-` and a UUID, which every log line and answer carries.
    public var requestID: String

    /// A context of the given caller.
    public init(projectID: String, userID: String = "", roles: Set<Role>, requestID: String) {
        self.projectID = projectID
        self.userID = userID
        self.roles = roles
        self.requestID = requestID
    }

    /// Whether the caller sees and changes every project's resources.
    public var isAdmin: Bool { roles.contains(.admin) || roles.contains(.service) }

    /// Whether the caller may change what its project owns.
    public var canWrite: Bool { isAdmin || roles.contains(.member) || roles.contains(.manager) }

    /// Whether the caller is the owner's project, or an administrator.
    public func owns(projectID owner: String) -> Bool { isAdmin || (!owner.isEmpty && owner == projectID) }

    /// The context in which one of Sluice's own programs calls another on its own behalf.
    public static func service(named name: String, requestID: String = "req-internal") -> RequestContext {
        RequestContext(projectID: "", userID: name, roles: [.service], requestID: requestID)
    }
}

/// A role of the caller, one of the OpenStack default personas.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// Sees and changes everything.
    case admin
    /// Changes what the project owns, and chooses external addresses.
    case manager
    /// Changes what the project owns.
    case member
    /// Sees what the project owns.
    case reader
    /// One of Sluice's own programs.
    case service
}
