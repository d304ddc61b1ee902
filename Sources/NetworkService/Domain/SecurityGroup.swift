internal import ResourceModel

/// A set of rules for ports: stored and shown, not enforced here.
struct SecurityGroup: Hashable, Sendable {
    var id: SecurityGroupID
    var projectID: String
    var labels: Labels
    var history: History
    /// Whether answers to what was let out are let in.
    var isStateful: Bool
    /// Whether it is the one that the project's ports have when they name none.
    var isDefault: Bool
    /// Whether a policy lets the caller's project use it.
    var isShared: Bool
    /// Oldest first.
    var rules: [SecurityGroupRule]

    static let defaultName = "default"
}

extension SecurityGroup {
    /// A group to be made; nil is "not given".
    struct Draft: Hashable, Sendable {
        var id: SecurityGroupID?
        var projectID = ""
        var name = ""
        var description = ""
        var tags: [String] = []
        var isStateful: Bool?
    }

    /// What an update changes; nil leaves a value as it is.
    struct Change: Hashable, Sendable {
        var labels = LabelsChange()
        var isStateful: Bool?
    }

    /// The group that a draft asks for, with rules that let everything out.
    ///
    /// - Throws: `notAuthorized`, `securityGroupDefaultAlreadyExists` for the name that only the default has, and the
    ///   first rule that it breaks.
    init(_ draft: Draft, by caller: RequestContext) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        guard draft.name.lowercased() != Self.defaultName else { throw .securityGroupDefaultAlreadyExists }
        self.init(
            id: draft.id ?? .random(),
            projectID: owner,
            labels: try Labels(name: draft.name, description: draft.description, tags: draft.tags),
            history: .unborn,
            isStateful: draft.isStateful ?? true,
            isDefault: false,
            isShared: false,
            rules: []
        )
        rules = lettingOut
    }

    /// A project's default group: everything goes out, and its own ports reach each other.
    init(defaultOf projectID: String) {
        self.init(
            id: .random(),
            projectID: projectID,
            labels: Labels(stored: Self.defaultName, description: "Default security group", tags: []),
            history: .unborn,
            isStateful: true,
            isDefault: true,
            isShared: false,
            rules: []
        )
        let fromItself = SecurityGroupRule.Ethertype.allCases.map { ethertype in
            var rule = SecurityGroupRule(of: self, .ingress, ethertype)
            rule.remoteGroupID = id
            return rule
        }
        rules = lettingOut + fromItself
    }

    private var lettingOut: [SecurityGroupRule] {
        SecurityGroupRule.Ethertype.allCases.map { SecurityGroupRule(of: self, .egress, $0) }
    }

    /// This group with the change made.
    ///
    /// - Throws: `securityGroupCannotUpdateDefault` for another name of the default, and the first rule that it breaks.
    func applying(_ change: Change) throws(NetworkError) -> SecurityGroup {
        var changed = self
        changed.labels = try labels.applying(change.labels)
        changed.isStateful = change.isStateful ?? isStateful
        if isDefault, changed.labels.name != labels.name { throw .securityGroupCannotUpdateDefault }
        if !isDefault, changed.labels.name != labels.name, changed.labels.name.lowercased() == Self.defaultName {
            throw .securityGroupDefaultAlreadyExists
        }
        return changed
    }
}
