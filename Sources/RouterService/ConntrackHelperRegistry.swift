internal import Postgres
internal import ResourceModel

/// What can be done with the conntrack helpers of routers.
///
/// Who may see and change a router may its helpers; a change gives the router its next revision, so that its node hears.
struct ConntrackHelperRegistry: Sendable {
    let routers: RouterRegistry

    private var store: RouterStore { routers.store }

    /// A helper, for one who may see its router.
    func get(_ text: String, of router: String, as context: RequestContext) async throws -> ConntrackHelper {
        let id = try await routers.get(router, as: context).router.id
        return try await store.run { try await helper(text, of: id, in: $0) }
    }

    /// What the query names of a router's helpers.
    func list(
        _ query: ListQuery,
        of router: String,
        as context: RequestContext
    ) async throws -> Page<ConntrackHelper> {
        let id = try await routers.get(router, as: context).router.id
        return try await store.run { try await $0.conntrackHelpers(query, of: id) }
    }

    private func helper(
        _ text: String,
        of router: RouterID,
        in runner: some QueryRunner
    ) async throws -> ConntrackHelper {
        guard let id = ConntrackHelperID(text), let found = try await runner.conntrackHelper(id, of: router) else {
            throw RouterError.conntrackHelperNotFound(text)
        }
        return found
    }

    /// Makes a helper; one with this id that the router has is answered as it is.
    func create(
        _ id: ConntrackHelperID,
        of router: String,
        _ rule: ConntrackHelper.Rule,
        as context: RequestContext
    ) async throws -> ConntrackHelper {
        try await change(router, as: context) { owner, transaction in
            if let present = try await transaction.conntrackHelper(id, of: owner) { return (present, false) }
            try rule.check()
            let new = ConntrackHelper(id: id, routerID: owner, rule: rule)
            guard try await transaction.insert(new) else {
                throw RouterError.conflict("a conntrack helper with id \(id) exists already")
            }
            return (new, true)
        }
    }

    /// Changes a helper.
    func update(
        _ text: String,
        of router: String,
        _ edit: ConntrackHelperChange,
        as context: RequestContext
    ) async throws -> ConntrackHelper {
        try await change(router, as: context) { owner, transaction in
            let before = try await helper(text, of: owner, in: transaction)
            var changed = before
            changed.rule = edit.applied(to: before.rule)
            guard changed != before else { return (before, false) }
            try changed.rule.check()
            try await transaction.update(changed)
            return (changed, true)
        }
    }

    /// Removes a helper.
    func delete(_ text: String, of router: String, as context: RequestContext) async throws {
        try await change(router, as: context) { owner, transaction in
            let present = try await helper(text, of: owner, in: transaction)
            try await transaction.delete(present)
            return ((), true)
        }
    }

    /// Runs the body under the router's lock, and saves the router when that changed something.
    private func change<Answer: Sendable>(
        _ router: String,
        as context: RequestContext,
        _ body: (RouterID, Transaction) async throws -> (Answer, isChanged: Bool)
    ) async throws -> Answer {
        let seen = try await routers.writable(router, as: context)
        return try await store.write { transaction in
            var topology = try await routers.writable(seen.router.id, as: context, in: transaction)
            let (answer, isChanged) = try await body(topology.router.id, transaction)
            if isChanged { try await routers.save(&topology.router, in: transaction) }
            return answer
        }
    }
}
