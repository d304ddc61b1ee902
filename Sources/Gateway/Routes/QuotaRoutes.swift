internal import NIOHTTP1
internal import ResourceModel
internal import ServiceRuntime

/// How many objects projects may have; each service knows the limits of its own kinds, which are put together here.
///
/// Source: Networking API v2.0, "Quotas extension", "Quota details".
struct QuotaRoutes: Sendable {
    var codec: QuotaCodec
    var services: Services
    var scope: RequestScope

    /// What an update may hold beside limits, with what it means.
    private static let force = Attribute("force", .boolean)
    private static let checkLimit = Attribute("check_limit", .boolean)
    private static let limit = AttributeType.integer(-1...Int64(Int32.max))

    /// Projects with limits of their own.
    func collection() async throws -> APIResponse {
        try scope.allow(.GET)
        try scope.requireAdmin("get_quotas")
        let answers = try await eachService { backend in
            try codec.quotas(try await call(codec.list(), at: backend))
        }
        let projects = Set(answers.flatMap { $0.value.map(\.projectID) }).sorted()
        var shown: [JSONValue] = []
        for project in projects {
            var object = JSONObject(["project_id": .string(project), "tenant_id": .string(project)])
            for limit in try await limits(of: project).all { object[limit.kind] = .integer(limit.most) }
            shown.append(.object(object))
        }
        return APIResponse(json: ["quotas": .array(shown)])
    }

    func item(_ project: String) async throws -> APIResponse {
        try scope.allow(.GET, .PUT, .DELETE)
        switch scope.request.method {
        // Whose limits a caller sees without naming its project.
        case .GET where project == "tenant":
            return APIResponse(json: ["tenant": ["tenant_id": .string(scope.context.projectID)]])
        case .GET where project == "project":
            return APIResponse(json: ["project": ["project_id": .string(scope.context.projectID)]])
        case .GET: return Self.answer(try await limits(of: try Self.checked(project)).all)
        case .PUT: return try await update(try Self.checked(project))
        default: return try await reset(try Self.checked(project))
        }
    }

    /// Another view of a project's limits.
    ///
    /// - Throws: 404 for a view that there is not.
    func view(_ name: String, of project: String) async throws -> APIResponse {
        guard ["default", "details"].contains(name) else { throw Fault.unknownURL }
        try scope.allow(.GET)
        let project = try Self.checked(project)
        guard name == "default" else {
            return Self.answer(try await limits(of: project).all) { limit in
                ["limit": .integer(limit.most), "used": .integer(limit.used), "reserved": .integer(limit.reserved)]
            }
        }
        guard scope.context.owns(projectID: project) else { throw Fault.disallowed("rule:get_quota") }
        let answers = try await eachService { backend in
            try codec.quota(try await call(codec.defaults(), at: backend)).limits
        }
        return Self.answer(answers.flatMap { $0.value })
    }

    /// Takes limits over, in each service whose kinds are named.
    private func update(_ project: String) async throws -> APIResponse {
        guard case .object(var given)? = try scope.body()["quota"] else {
            throw Fault.badRequest("Unable to find 'quota' in request body")
        }
        let isForced = try given[Self.force.name].map { try Self.force.converted($0) } == .bool(true)
        if let asked = given[Self.checkLimit.name] { _ = try Self.checkLimit.converted(asked) }
        given[Self.force.name] = nil
        given[Self.checkLimit.name] = nil
        var wanted: [String: Int64] = [:]
        for member in given.members {
            guard case .integer(let most) = try Self.limit.converted(member.value, for: member.name) else { continue }
            wanted[member.name] = most
        }
        try scope.requireAdmin("update_quota")
        let present = try await limits(of: project)
        let unknown = given.names.filter { name in !present.all.contains { $0.kind == name } }
        guard unknown.isEmpty else {
            throw Fault.badRequest("Unrecognized attribute(s) '\(unknown.joined(separator: ", "))'")
        }
        // Looked at here for all services, and not again by each, so that none takes over what another refuses.
        for limit in present.all where !isForced {
            guard let most = wanted[limit.kind], most >= 0, most < limit.used else { continue }
            throw Fault.badParameter("Quota limit \(most) of \(limit.kind) is below the present use, \(limit.used)")
        }
        for (backend, limits) in present.byService {
            let changed = limits.compactMap { limit in
                wanted[limit.kind].map { QuotaLimit(kind: limit.kind, most: $0) }
            }
            if changed.isEmpty { continue }
            _ = try await call(codec.set(changed, of: project, isForced: true), at: backend)
        }
        return Self.answer(try await limits(of: project).all)
    }

    /// Gives a project the default limits again, in every service.
    private func reset(_ project: String) async throws -> APIResponse {
        try scope.refuseBody()
        try scope.requireAdmin("delete_quota")
        let outcomes = try await eachService { backend in
            do {
                _ = try await call(codec.reset(project), at: backend)
                return true
            } catch let error as RemoteError where error.reason == .quotaNotFound {
                return false
            }
        }
        guard outcomes.contains(where: { $0.value }) else {
            throw Fault.notFound(.quotaNotFound, "Quota for tenant \(project)")
        }
        return APIResponse(status: 204)
    }

    /// The limits that each service knows of a project, in the order of services.
    private struct Known {
        var byService: [(service: Resource.Backend, limits: [QuotaLimit])]
        var all: [QuotaLimit] { byService.flatMap { $0.limits } }
    }

    private func limits(of project: String) async throws -> Known {
        let answers = try await eachService { backend in
            try codec.quota(try await call(codec.get(project), at: backend)).limits
        }
        return Known(byService: answers.map { ($0.service, $0.value) })
    }

    private func call(_ call: ResourceCalls.Call, at backend: Resource.Backend) async throws -> [UInt8] {
        try await services[backend].call(call.method, call.request)
    }

    /// What all services answer, asked at the same time, in the order of services.
    private func eachService<Answer: Sendable>(
        _ ask: @escaping @Sendable (Resource.Backend) async throws -> Answer
    ) async throws -> [(service: Resource.Backend, value: Answer)] {
        try await withThrowingTaskGroup(of: (Resource.Backend, Answer).self) { group in
            for backend in Resource.Backend.allCases { group.addTask { (backend, try await ask(backend)) } }
            var answers: [Resource.Backend: Answer] = [:]
            for try await (backend, answer) in group { answers[backend] = answer }
            return Resource.Backend.allCases.compactMap { backend in answers[backend].map { (backend, $0) } }
        }
    }

    private static func answer(
        _ limits: [QuotaLimit],
        _ show: (QuotaLimit) -> JSONValue = { .integer($0.most) }
    ) -> APIResponse {
        var object = JSONObject()
        for limit in limits { object[limit.kind] = show(limit) }
        return APIResponse(json: ["quota": .object(object)])
    }

    /// - Throws: 400 for what cannot be a project's id.
    private static func checked(_ project: String) throws(Fault) -> String {
        _ = try AttributeType.project.converted(.string(project), for: "project_id")
        return project
    }
}
