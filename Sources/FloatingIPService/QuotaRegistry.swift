internal import Postgres
internal import ResourceModel

/// What can be done with the limit on floating IPs.
struct QuotaRegistry: Sendable {
    let store: FloatingIPStore
    /// The most of a project without a limit of its own; negative is without limit.
    let most: Int64

    /// What a project has and may have, which it and administrators may see.
    func usage(of project: String, as context: RequestContext) async throws -> ProjectUsage {
        guard context.owns(projectID: project) else {
            throw FloatingIPError.notAuthorized("only administrators see the limits of other projects")
        }
        return try await store.read { try await $0.usage(ofProject: project) }
    }

    /// Projects with limits of their own.
    func all(as context: RequestContext) async throws -> [(projectID: String, usage: ProjectUsage)] {
        try Self.requireAdmin(context)
        var quotas: [(projectID: String, usage: ProjectUsage)] = []
        for project in try await store.read({ try await $0.projectsWithLimits() }) {
            quotas.append((project, try await usage(of: project, as: context)))
        }
        return quotas
    }

    /// Gives a project a limit of its own.
    ///
    /// - Throws: `invalidInput` below -1, `badRequest` below present use unless `isForced`.
    func set(
        _ wanted: Int64,
        of project: String,
        isForced: Bool,
        as context: RequestContext
    ) async throws -> ProjectUsage {
        try Self.requireAdmin(context)
        guard wanted >= -1 else { throw FloatingIPError.invalidInput("the limit \(wanted) is below -1") }
        return try await store.write { transaction in
            try await transaction.lockUsage(ofProject: project)
            let usage = try await transaction.usage(ofProject: project)
            guard isForced || wanted < 0 || wanted >= usage.used else {
                throw FloatingIPError.badRequest(
                    "the limit \(wanted) of floatingip is below the present use, \(usage.used)"
                )
            }
            try await transaction.setLimit(wanted, ofProject: project)
            return ProjectUsage(used: usage.used, own: wanted)
        }
    }

    /// Gives a project the default limit again.
    func reset(_ project: String, as context: RequestContext) async throws {
        try Self.requireAdmin(context)
        guard try await store.write({ try await $0.removeLimits(of: project) }) else {
            throw FloatingIPError.quotaNotFound(projectID: project)
        }
    }

    private static func requireAdmin(_ context: RequestContext) throws(FloatingIPError) {
        guard context.isAdmin else { throw .notAuthorized("limits are for administrators") }
    }
}
