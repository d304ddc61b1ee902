internal import Addressing
internal import ResourceModel

/// Prefixes that subnets take their blocks from.
struct SubnetPool: Hashable, Sendable {
    var id: SubnetPoolID
    var projectID: String
    var labels: Labels
    var history: History
    /// Of one family; no two could be one.
    var prefixes: [CIDR]
    var lengths: PrefixLengths
    /// How much a project may take, in the family's units; nil is any amount.
    var quota: Int64?
    var scopeID: AddressScopeID?
    /// Whether it is its family's default.
    var isDefault: Bool
    /// All projects may see and use it; in what a caller is shown also when a policy shares it with its project.
    var isShared: Bool
    var version: IPVersion

    /// How long the prefixes of subnets may be.
    struct PrefixLengths: Hashable, Sendable {
        var standard: Int
        var shortest: Int
        var longest: Int

        /// - Throws: `illegalSubnetPoolPrefixBounds` unless shortest ≤ standard ≤ longest ≤ the address's width.
        init(
            standard: Int?,
            shortest: Int?,
            longest: Int?,
            of version: IPVersion
        ) throws(NetworkError) {
            self.shortest = shortest ?? (version == .v4 ? 8 : 64)
            self.longest = longest ?? version.bitWidth
            self.standard = standard ?? self.shortest
            guard self.longest <= version.bitWidth, self.shortest >= 0 else {
                throw .illegalSubnetPoolPrefixBounds("max_prefixlen \(self.longest) is longer than an address")
            }
            guard self.shortest <= self.longest else {
                throw .illegalSubnetPoolPrefixBounds(
                    "min_prefixlen \(self.shortest) is greater than max_prefixlen \(self.longest)"
                )
            }
            guard self.shortest...self.longest ~= self.standard else {
                throw .illegalSubnetPoolPrefixBounds(
                    "default_prefixlen \(self.standard) is not in \(self.shortest)…\(self.longest)"
                )
            }
        }

        /// Lengths as they were stored.
        init(stored standard: Int, shortest: Int, longest: Int) {
            self.standard = standard
            self.shortest = shortest
            self.longest = longest
        }
    }

    /// A pool to be made; nil is "not given".
    struct Draft: Hashable, Sendable {
        var id: SubnetPoolID?
        var projectID = ""
        var name = ""
        var description = ""
        var tags: [String] = []
        var prefixes: [CIDR] = []
        var standardLength: Int?
        var shortestLength: Int?
        var longestLength: Int?
        var quota: Int64?
        var scopeID: AddressScopeID?
        var isDefault = false
        var isShared = false
    }

    /// What an update changes; nil leaves a value as it is.
    struct Change: Hashable, Sendable {
        var labels = LabelsChange()
        var prefixes: [CIDR]?
        var standardLength: Int?
        var shortestLength: Int?
        var longestLength: Int?
        var quota: Int64??
        var scopeID: AddressScopeID??
        var isDefault: Bool?
    }
}

extension SubnetPool {
    /// The pool that a draft asks for.
    ///
    /// - Throws: `notAuthorized` for a shared or default one that no administrator makes, and the first rule it breaks.
    init(_ draft: Draft, by caller: RequestContext) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        if draft.isShared || draft.isDefault, !caller.isAdmin {
            throw .notAuthorized("only administrators make shared or default subnet pools")
        }
        let prefixes = draft.prefixes.merged
        let version = try SubnetPool.version(of: prefixes)
        self.init(
            id: draft.id ?? .random(),
            projectID: owner,
            labels: try Labels(name: draft.name, description: draft.description, tags: draft.tags),
            history: .unborn,
            prefixes: prefixes,
            lengths: try PrefixLengths(
                standard: draft.standardLength,
                shortest: draft.shortestLength,
                longest: draft.longestLength,
                of: version
            ),
            quota: try SubnetPool.checked(quota: draft.quota),
            scopeID: draft.scopeID,
            isDefault: draft.isDefault,
            isShared: draft.isShared,
            version: version
        )
    }

    private static func version(of prefixes: [CIDR]) throws(NetworkError) -> IPVersion {
        guard let version = prefixes.first?.version else { throw .emptySubnetPoolPrefixList }
        guard prefixes.allSatisfy({ $0.version == version }) else { throw .prefixVersionMismatch }
        return version
    }

    private static func checked(quota: Int64?) throws(NetworkError) -> Int64? {
        guard quota ?? 0 >= 0 else { throw .invalidInput("default_quota \(quota ?? 0) is negative") }
        return quota
    }

    /// This pool with the change made.
    ///
    /// - Throws: `illegalSubnetPoolPrefixUpdate` when it would lose prefixes, `notAuthorized`, and the first rule that
    ///   the result breaks.
    func applying(_ change: Change, by caller: RequestContext) throws(NetworkError) -> SubnetPool {
        var changed = self
        changed.labels = try labels.applying(change.labels)
        if let prefixes = change.prefixes { changed.prefixes = try grown(to: prefixes) }
        changed.lengths = try PrefixLengths(
            standard: change.standardLength ?? lengths.standard,
            shortest: change.shortestLength ?? lengths.shortest,
            longest: change.longestLength ?? lengths.longest,
            of: version
        )
        if let quota = change.quota { changed.quota = try SubnetPool.checked(quota: quota) }
        if let scopeID = change.scopeID { changed.scopeID = scopeID }
        changed.isDefault = change.isDefault ?? isDefault
        if changed.isDefault != isDefault, !caller.isAdmin {
            throw .notAuthorized("only administrators make subnet pools the default")
        }
        return changed
    }

    /// The prefixes in the place of its own, all of which they must hold.
    private func grown(to wanted: [CIDR]) throws(NetworkError) -> [CIDR] {
        let wanted = wanted.merged
        guard try SubnetPool.version(of: wanted) == version else { throw .prefixVersionMismatch }
        guard let lost = prefixes.first(where: { old in !wanted.contains { $0.contains(old) } }) else { return wanted }
        throw .illegalSubnetPoolPrefixUpdate("prefix \(lost) would be lost, but the prefixes of a pool only grow")
    }

    /// This pool with prefixes besides its own.
    ///
    /// - Throws: `prefixVersionMismatch`, `emptySubnetPoolPrefixList` for none.
    func adding(_ added: [CIDR]) throws(NetworkError) -> SubnetPool {
        guard try SubnetPool.version(of: added) == version else { throw .prefixVersionMismatch }
        var changed = self
        changed.prefixes = (prefixes + added).merged
        return changed
    }

    /// This pool without addresses that no subnet may have.
    ///
    /// - Throws: `illegalSubnetPoolPrefixUpdate` when a subnet has some of them, or nothing would be left.
    func removing(_ removed: [CIDR], taken: [CIDR]) throws(NetworkError) -> SubnetPool {
        guard try SubnetPool.version(of: removed) == version else { throw .prefixVersionMismatch }
        if let used = taken.first(where: { used in removed.contains { $0.overlaps(used) } }) {
            throw .illegalSubnetPoolPrefixUpdate("a subnet has \(used)")
        }
        var changed = self
        changed.prefixes = prefixes.subtracting(removed)
        guard !changed.prefixes.isEmpty else {
            throw .illegalSubnetPoolPrefixUpdate("no prefix would be left in the pool")
        }
        return changed
    }
}
