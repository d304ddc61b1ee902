internal import ResourceModel

/// What can be done with limits.
struct QuotaRegistry: Sendable {
    let storage: NetworkStorage

    /// The limits of a project, which it and administrators may see.
    func quota(of projectID: String, for caller: RequestContext) async throws -> [QuotaLimit] {
        guard caller.owns(projectID: projectID) else {
            throw NetworkError.notAuthorized("only administrators see the limits of other projects")
        }
        return try await storage.reading.quotas.limits(of: projectID, defaults: storage.quotas)
    }

    /// Projects with limits of their own, each with all of its limits.
    func all(for caller: RequestContext) async throws -> [(projectID: String, limits: [QuotaLimit])] {
        try caller.requireAdmin()
        var quotas: [(projectID: String, limits: [QuotaLimit])] = []
        for projectID in try await storage.reading.quotas.projects() {
            quotas.append((projectID, try await quota(of: projectID, for: caller)))
        }
        return quotas
    }

    /// Sets some of a project's limits.
    ///
    /// - Throws: `invalidInput` below -1, `badRequest` below present use unless `isForced`.
    func set(
        _ limits: [(kind: QuotaKind, most: Int64)],
        of projectID: String,
        isForced: Bool,
        by caller: RequestContext
    ) async throws -> [QuotaLimit] {
        try caller.requireAdmin()
        return try await storage.writing { writing in
            for limit in limits.sorted(by: { $0.kind < $1.kind }) {
                guard limit.most >= -1 else {
                    throw NetworkError.invalidInput("the limit \(limit.most) of \(limit.kind.rawValue) is below -1")
                }
                let key = QuotaKey(projectID: projectID, kind: limit.kind)
                let used = try await writing.stores.quotas.usageForUpdate(of: key)
                guard isForced || limit.most < 0 || limit.most >= used else {
                    throw NetworkError.badRequest(
                        "the limit \(limit.most) of \(limit.kind.rawValue) is below the present use, \(used)"
                    )
                }
                try await writing.stores.quotas.setLimit(limit.most, of: key)
            }
            return try await writing.stores.quotas.limits(of: projectID, defaults: storage.quotas)
        }
    }

    /// Gives a project the default limits again.
    func reset(_ projectID: String, by caller: RequestContext) async throws {
        try caller.requireAdmin()
        try await storage.writing { writing in
            guard try await writing.stores.quotas.reset(projectID) else {
                throw NetworkError.quotaNotFound(projectID: projectID)
            }
        }
    }
}
