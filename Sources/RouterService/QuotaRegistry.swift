internal import Postgres
internal import ResourceModel

/// What can be done with limits.
struct QuotaRegistry: Sendable {
    let store: RouterStore
    let defaults: QuotaDefaults

    /// The limits of a project, which it and administrators may see.
    func quota(of project: String, as context: RequestContext) async throws -> [QuotaLimit] {
        guard context.owns(projectID: project) else {
            throw RouterError.notAuthorized("only administrators see the limits of other projects")
        }
        return try await store.run { try await $0.limits(of: project, defaults: defaults) }
    }

    /// Projects with limits of their own, each with all of its limits.
    func all(as context: RequestContext) async throws -> [(projectID: String, limits: [QuotaLimit])] {
        try Self.requireAdmin(context)
        var quotas: [(projectID: String, limits: [QuotaLimit])] = []
        for project in try await store.run({ try await $0.projectsWithLimits() }) {
            quotas.append((project, try await quota(of: project, as: context)))
        }
        return quotas
    }

    /// Sets some of a project's limits.
    ///
    /// - Throws: `invalidInput` below -1, `badRequest` below present use unless `isForced`.
    func set(
        _ wanted: [QuotaKind: Int64],
        of project: String,
        isForced: Bool,
        as context: RequestContext
    ) async throws -> [QuotaLimit] {
        try Self.requireAdmin(context)
        return try await store.write { transaction in
            try await transaction.lockUsage(ofProject: project)
            for limit in try await transaction.limits(of: project, defaults: defaults) {
                guard let most = wanted[limit.kind] else { continue }
                guard most >= -1 else {
                    throw RouterError.invalidInput("the limit \(most) of \(limit.kind.rawValue) is below -1")
                }
                guard isForced || most < 0 || most >= limit.used else {
                    throw RouterError.badRequest(
                        "the limit \(most) of \(limit.kind.rawValue) is below the present use, \(limit.used)"
                    )
                }
                try await transaction.setLimit(most, of: limit.kind, ofProject: project)
            }
            return try await transaction.limits(of: project, defaults: defaults)
        }
    }

    /// Gives a project the default limits again.
    func reset(_ project: String, as context: RequestContext) async throws {
        try Self.requireAdmin(context)
        guard try await store.run({ try await $0.removeLimits(of: project) }) else {
            throw RouterError.quotaNotFound(projectID: project)
        }
    }

    private static func requireAdmin(_ context: RequestContext) throws(RouterError) {
        guard context.isAdmin else { throw .notAuthorized("limits are for administrators") }
    }
}

extension RouterRegistry {
    /// Refuses early what the count at the commit would refuse in the end.
    func requirePlace(inProject project: String) async throws {
        let (used, own) = try await store.run { try await $0.routerUsage(ofProject: project) }
        let most = own ?? quotas.router
        guard most < 0 || used < most else { throw RouterError.overQuota(projectID: project, limit: most) }
    }

    /// Counts a new router; whoever counts another of the project waits until this one is committed or not.
    func takePlace(inProject project: String, in transaction: Transaction) async throws {
        let (used, own) = try await transaction.takePlace(inProject: project)
        let most = own ?? quotas.router
        guard most < 0 || used <= most else { throw RouterError.overQuota(projectID: project, limit: most) }
    }

    /// Refuses more routes than the project's routers may have each.
    func requirePlace(
        for routes: [ExtraRoute],
        on topology: Topology,
        in transaction: Transaction
    ) async throws {
        guard routes.count > topology.router.routes.count else { return }
        let own = try await transaction.limit(of: .routerRoute, ofProject: topology.router.projectID)
        try topology.requirePlace(for: routes, limit: own ?? quotas.routerRoute)
    }
}
