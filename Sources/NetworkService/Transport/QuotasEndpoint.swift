internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.query.v1.Quotas` for what NetworkService owns.
struct QuotasEndpoint: L3_Query_V1_Quotas.SimpleServiceProtocol {
    let registry: QuotaRegistry

    func getQuota(request: L3_Query_V1_GetQuotaRequest, context: ServerContext) async throws -> L3_Query_V1_Quota {
        try await answering {
            Wire.Quota(
                request.projectID,
                try await registry.quota(of: request.projectID, for: CurrentRequest.context)
            )
        }
    }

    func getDefaultQuota(
        request: L3_Query_V1_GetDefaultQuotaRequest,
        context: ServerContext
    ) async throws -> L3_Query_V1_Quota {
        let limits = QuotaKind.allCases.sorted().map {
            QuotaLimit(kind: $0, most: registry.storage.quotas[$0], used: 0)
        }
        return Wire.Quota("", limits)
    }

    func listQuotas(
        request: L3_Query_V1_ListQuotasRequest,
        context: ServerContext
    ) async throws -> L3_Query_V1_ListQuotasResponse {
        try await answering {
            let quotas = try await registry.all(for: CurrentRequest.context)
            return .with { $0.quotas = quotas.map { Wire.Quota($0.projectID, $0.limits) } }
        }
    }

    func setQuota(request: L3_Query_V1_SetQuotaRequest, context: ServerContext) async throws -> L3_Query_V1_Quota {
        try await answering {
            let limits = try request.limits.map { limit throws(NetworkError) in
                guard let kind = QuotaKind(rawValue: limit.kind) else {
                    throw .invalidInput("there are no limits of \"\(limit.kind)\" here")
                }
                return (kind: kind, most: limit.limit)
            }
            return Wire.Quota(
                request.projectID,
                try await registry.set(
                    limits,
                    of: request.projectID,
                    isForced: request.force,
                    by: CurrentRequest.context
                )
            )
        }
    }

    func resetQuota(
        request: L3_Query_V1_ResetQuotaRequest,
        context: ServerContext
    ) async throws -> L3_Query_V1_ResetQuotaResponse {
        try await answering {
            try await registry.reset(request.projectID, by: CurrentRequest.context)
            return .init()
        }
    }
}

extension Wire.Quota {
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
