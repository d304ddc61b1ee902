internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.query.v1.Quotas` for routers and their extra routes.
struct QuotasEndpoint: L3_Query_V1_Quotas.SimpleServiceProtocol {
    let registry: QuotaRegistry

    func getQuota(request: L3_Query_V1_GetQuotaRequest, context: ServerContext) async throws -> Wire.Quota {
        let project = request.projectID
        return Wire.Quota(project, try await registry.quota(of: project, as: CurrentRequest.context))
    }

    func getDefaultQuota(
        request: L3_Query_V1_GetDefaultQuotaRequest,
        context: ServerContext
    ) async throws -> Wire.Quota {
        let limits = QuotaKind.allCases.map { QuotaLimit(kind: $0, most: registry.defaults[$0], used: 0) }
        return Wire.Quota("", limits)
    }

    func listQuotas(
        request: L3_Query_V1_ListQuotasRequest,
        context: ServerContext
    ) async throws -> L3_Query_V1_ListQuotasResponse {
        let quotas = try await registry.all(as: CurrentRequest.context)
        return .with { $0.quotas = quotas.map { Wire.Quota($0.projectID, $0.limits) } }
    }

    func setQuota(request: L3_Query_V1_SetQuotaRequest, context: ServerContext) async throws -> Wire.Quota {
        var wanted: [QuotaKind: Int64] = [:]
        for limit in request.limits {
            guard let kind = QuotaKind(rawValue: limit.kind) else {
                throw RouterError.invalidInput("there are no limits of '\(limit.kind)' here")
            }
            wanted[kind] = limit.limit
        }
        let limits = try await registry.set(
            wanted,
            of: request.projectID,
            isForced: request.force,
            as: CurrentRequest.context
        )
        return Wire.Quota(request.projectID, limits)
    }

    func resetQuota(
        request: L3_Query_V1_ResetQuotaRequest,
        context: ServerContext
    ) async throws -> L3_Query_V1_ResetQuotaResponse {
        try await registry.reset(request.projectID, as: CurrentRequest.context)
        return .init()
    }
}

extension Wire.Quota {
    /// The limits of a project as they travel.
    init(_ project: String, _ limits: [QuotaLimit]) {
        self.init()
        projectID = project
        self.limits = limits.map { limit in
            .with {
                $0.kind = limit.kind.rawValue
                $0.limit = limit.most
                $0.used = limit.used
            }
        }
    }
}
