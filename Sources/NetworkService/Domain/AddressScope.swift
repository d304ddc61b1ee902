internal import Addressing
internal import ResourceModel

/// A set of subnet pools whose addresses do not overlap.
struct AddressScope: Hashable, Sendable {
    var id: AddressScopeID
    var projectID: String
    var name: String
    var history: History
    var version: IPVersion
    /// All projects may see it; in what a caller is shown also when a policy shares it with its project.
    var isShared: Bool

    /// A scope to be made; nil is "not given".
    struct Draft: Hashable, Sendable {
        var id: AddressScopeID?
        var projectID = ""
        var name = ""
        var version: IPVersion
        var isShared = false
    }

    /// What an update changes; nil leaves a value as it is.
    struct Change: Hashable, Sendable {
        var name: String?
        var isShared: Bool?
    }
}

extension AddressScope {
    /// The scope that a draft asks for.
    ///
    /// - Throws: `notAuthorized` for a shared one that no administrator makes, `invalidInput`.
    init(_ draft: Draft, by caller: RequestContext) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        if draft.isShared, !caller.isAdmin { throw .notAuthorized("only administrators make shared address scopes") }
        try Labels.check(draft.name, as: "name")
        self.init(
            id: draft.id ?? .random(),
            projectID: owner,
            name: draft.name,
            history: .unborn,
            version: draft.version,
            isShared: draft.isShared
        )
    }

    /// This scope with the change made.
    ///
    /// - Throws: `addressScopeUpdateError` when it would not be shared any more, `notAuthorized`, `invalidInput`.
    func applying(_ change: Change, by caller: RequestContext) throws(NetworkError) -> AddressScope {
        var changed = self
        changed.name = change.name ?? name
        try Labels.check(changed.name, as: "name")
        changed.isShared = change.isShared ?? isShared
        guard changed.isShared != isShared else { return changed }
        guard caller.isAdmin else { throw .notAuthorized("only administrators share address scopes") }
        guard changed.isShared else { throw .addressScopeUpdateError(id, "a shared address scope stays shared") }
        return changed
    }
}
