internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.query.v1.Quotas` for floating IPs.
struct QuotasEndpoint: L3_Query_V1_Quotas.SimpleServiceProtocol {
    let registry: QuotaRegistry

    private static let kind = "floatingip"

    func getQuota(request: L3_Query_V1_GetQuotaRequest, context: ServerContext) async throws -> Wire.Quota {
        let usage = try await registry.usage(of: request.projectID, as: CurrentRequest.context)
        return quota(of: request.projectID, usage)
    }

    func getDefaultQuota(
        request: L3_Query_V1_GetDefaultQuotaRequest,
        context: ServerContext
    ) async throws -> Wire.Quota {
        quota(of: "", ProjectUsage(used: 0))
    }

    func listQuotas(
        request: L3_Query_V1_ListQuotasRequest,
        context: ServerContext
    ) async throws -> L3_Query_V1_ListQuotasResponse {
        let quotas = try await registry.all(as: CurrentRequest.context)
        return .with { $0.quotas = quotas.map { quota(of: $0.projectID, $0.usage) } }
    }

    func setQuota(request: L3_Query_V1_SetQuotaRequest, context: ServerContext) async throws -> Wire.Quota {
        let project = request.projectID
        for limit in request.limits where limit.kind != Self.kind {
            throw FloatingIPError.invalidInput("there are no limits of '\(limit.kind)' here")
        }
        guard let wanted = request.limits.last?.limit else {
            return quota(of: project, try await registry.usage(of: project, as: CurrentRequest.context))
        }
        let usage = try await registry.set(
            wanted,
            of: project,
            isForced: request.force,
            as: CurrentRequest.context
        )
        return quota(of: project, usage)
    }

    func resetQuota(
        request: L3_Query_V1_ResetQuotaRequest,
        context: ServerContext
    ) async throws -> L3_Query_V1_ResetQuotaResponse {
        try await registry.reset(request.projectID, as: CurrentRequest.context)
        return .init()
    }

    private func quota(of project: String, _ usage: ProjectUsage) -> Wire.Quota {
        .with {
            $0.projectID = project
            $0.limits = [
                .with {
                    $0.kind = Self.kind
                    $0.limit = usage.own ?? registry.most
                    $0.used = usage.used
                }
            ]
        }
    }
}
