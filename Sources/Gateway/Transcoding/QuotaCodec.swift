/// Limits as messages.
struct QuotaCodec: Sendable {
    private static let service = "l3.query.v1.Quotas"
    private let get: MessageForm
    private let set: MessageForm
    private let reset: MessageForm
    private let quota: MessageForm
    private let limit: MessageForm
    private let quotas: MessageForm

    /// - Throws: `TableError` when the contracts do not fit.
    init() throws(TableError) {
        get = try MessageForm("l3.query.v1.GetQuotaRequest", "project_id")
        set = try MessageForm("l3.query.v1.SetQuotaRequest", "project_id", "limits", "force")
        reset = try MessageForm("l3.query.v1.ResetQuotaRequest", "project_id")
        quota = try MessageForm("l3.query.v1.Quota", "project_id", "limits")
        limit = try MessageForm("l3.query.v1.Limit", "kind", "limit", "used", "reserved")
        quotas = try MessageForm("l3.query.v1.ListQuotasResponse", "quotas")
    }

    func get(_ project: String) -> ResourceCalls.Call {
        (method("GetQuota"), get.bytes { form, writer in writer.string(form["project_id"], project) })
    }

    func defaults() -> ResourceCalls.Call { (method("GetDefaultQuota"), []) }

    func list() -> ResourceCalls.Call { (method("ListQuotas"), []) }

    func set(_ limits: [QuotaLimit], of project: String, isForced: Bool) -> ResourceCalls.Call {
        let request = set.bytes { form, writer in
            writer.string(form["project_id"], project)
            for limit in limits { writer.message(form["limits"], bytes(limit)) }
            if isForced { writer.bool(form["force"], true) }
        }
        return (method("SetQuota"), request)
    }

    private func bytes(_ limit: QuotaLimit) -> [UInt8] {
        self.limit.bytes { form, writer in
            writer.string(form["kind"], limit.kind)
            writer.integer(form["limit"], limit.most)
        }
    }

    func reset(_ project: String) -> ResourceCalls.Call {
        let request = reset.bytes { form, writer in writer.string(form["project_id"], project) }
        return (ServiceMethod(service: Self.service, name: "ResetQuota", isRepeatable: false), request)
    }

    private func method(_ name: String) -> ServiceMethod {
        ServiceMethod(service: Self.service, name: name, isRepeatable: true)
    }

    /// The limits of one project.
    ///
    /// - Throws: `WireError` when the answer is not a message.
    func quota(_ answer: [UInt8]) throws(WireError) -> ProjectQuota {
        try quota(answer.span, in: 0..<answer.count)
    }

    /// The limits of several projects.
    ///
    /// - Throws: `WireError` when the answer is not a message.
    func quotas(_ answer: [UInt8]) throws(WireError) -> [ProjectQuota] {
        var found: [ProjectQuota] = []
        var reader = WireReader(in: 0..<answer.count)
        while let field = try reader.next(answer.span) {
            guard field.number == quotas["quotas"] else { continue }
            found.append(try quota(answer.span, in: field.range))
        }
        return found
    }

    private func quota(_ bytes: Span<UInt8>, in range: Range<Int>) throws(WireError) -> ProjectQuota {
        var found = ProjectQuota(projectID: "", limits: [])
        var reader = WireReader(in: range)
        while let field = try reader.next(bytes) {
            switch field.number {
            case quota["project_id"]: found.projectID = bytes.text(field.range)
            case quota["limits"]: found.limits.append(try limit(bytes, in: field.range))
            default: break
            }
        }
        return found
    }

    private func limit(_ bytes: Span<UInt8>, in range: Range<Int>) throws(WireError) -> QuotaLimit {
        var found = QuotaLimit(kind: "")
        var reader = WireReader(in: range)
        while let field = try reader.next(bytes) {
            let number = Int64(bitPattern: field.value)
            switch field.number {
            case limit["kind"]: found.kind = bytes.text(field.range)
            case limit["limit"]: found.most = number
            case limit["used"]: found.used = number
            case limit["reserved"]: found.reserved = number
            default: break
            }
        }
        return found
    }
}

/// How many objects of a kind a project may have, and has.
struct QuotaLimit: Hashable, Sendable {
    /// For example `router`.
    var kind: String
    /// -1 is without limit.
    var most: Int64 = 0
    var used: Int64 = 0
    var reserved: Int64 = 0
}

/// The limits of one project, as far as one service or all of them know.
struct ProjectQuota: Hashable, Sendable {
    var projectID: String
    var limits: [QuotaLimit]
}
