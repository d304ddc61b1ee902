internal import ResourceModel

/// Lets a project, or all, use an object of another.
struct RBACPolicy: Hashable, Sendable {
    var id: RBACPolicyID
    var projectID: String
    var object: SharedObject
    var action: Action
    var target: Target

    /// What the target may do with the object.
    enum Action: String, Sendable {
        /// See it and use it as its own.
        case shared = "access_as_shared"
        /// See a network, and put gateways and floating IPs on it.
        case external = "access_as_external"
    }

    /// Whom it is for.
    enum Target: Hashable, Sendable {
        case all
        case project(String)

        /// A project's id, or `*`.
        init(_ text: String) { self = text == "*" ? .all : .project(text) }

        var text: String {
            switch self {
            case .all: "*"
            case .project(let id): id
            }
        }
    }
}

/// An object that policies can be about.
enum SharedObject: Hashable, Sendable {
    case network(NetworkID)
    case subnetPool(SubnetPoolID)
    case addressScope(AddressScopeID)
    case securityGroup(SecurityGroupID)

    /// The kinds of such objects by their names in the API.
    enum Kind: String, Sendable {
        case network
        case subnetPool = "subnetpool"
        case addressScope = "address_scope"
        case securityGroup = "security_group"
    }

    var kind: Kind {
        switch self {
        case .network: .network
        case .subnetPool: .subnetPool
        case .addressScope: .addressScope
        case .securityGroup: .securityGroup
        }
    }

    var idText: String {
        switch self {
        case .network(let id): id.description
        case .subnetPool(let id): id.description
        case .addressScope(let id): id.description
        case .securityGroup(let id): id.description
        }
    }

    /// An object of a kind by its id's text.
    ///
    /// - Throws: The kind's own "not found" for what is no id.
    init(_ kind: Kind, idText: String) throws(NetworkError) {
        switch kind {
        case .network: self = .network(try NetworkID(wire: idText))
        case .subnetPool: self = .subnetPool(try SubnetPoolID(wire: idText))
        case .addressScope: self = .addressScope(try AddressScopeID(wire: idText))
        case .securityGroup: self = .securityGroup(try SecurityGroupID(wire: idText))
        }
    }

    var notFound: NetworkError {
        switch self {
        case .network(let id): .networkNotFound(id.description)
        case .subnetPool(let id): .subnetPoolNotFound(id.description)
        case .addressScope(let id): .addressScopeNotFound(id.description)
        case .securityGroup(let id): .securityGroupNotFound(id.description)
        }
    }
}

extension RBACPolicy {
    /// A policy to be made.
    struct Draft: Hashable, Sendable {
        var id: RBACPolicyID?
        var projectID = ""
        var object: SharedObject
        var action: Action
        var target: Target
    }

    /// The policy that a draft asks for.
    ///
    /// - Throws: `invalidActionForType`, `notAuthorized` for all projects when no administrator asks, `invalidInput`.
    init(_ draft: Draft, by caller: RequestContext) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        if draft.action == .external, draft.object.kind != .network {
            throw .invalidActionForType(draft.action.rawValue, draft.object.kind.rawValue)
        }
        self.init(
            id: draft.id ?? .random(),
            projectID: owner,
            object: draft.object,
            action: draft.action,
            target: try draft.target.checked(for: caller)
        )
    }
}

extension RBACPolicy.Target {
    /// The target, which must be the caller's to name.
    func checked(for caller: RequestContext) throws(NetworkError) -> RBACPolicy.Target {
        switch self {
        case .all:
            guard caller.isAdmin else { throw .notAuthorized("only administrators share with all projects") }
        case .project(let id):
            guard !id.isEmpty else { throw .badRequest("an RBAC policy needs a target_tenant") }
            try Labels.check(id, as: "target_tenant")
        }
        return self
    }
}
