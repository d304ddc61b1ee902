import Contracts
import GRPCCore
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Synchronization

@testable import Gateway

/// A service with limits for its own kinds of objects; what is not about limits goes to another.
struct FakeQuotas: ServiceCaller {
    let cloud: FakeCloud
    /// The kinds, with the limits of projects without their own.
    let kinds: [String: Int64]
    let others: any ServiceCaller

    func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] {
        guard method.descriptor.service.fullyQualifiedService == "l3.query.v1.Quotas" else {
            return try await others.call(method, request)
        }
        let context = CurrentRequest.context
        switch method.name {
        case "GetQuota":
            let project = try L3_Query_V1_GetQuotaRequest(serializedBytes: request).projectID
            guard context.owns(projectID: project) else { throw remote(.notAuthorized) }
            return try quota(project).serializedBytes()
        case "GetDefaultQuota":
            return try quota("").serializedBytes()
        case "ListQuotas":
            let projects = cloud.limits.withLock { all in all.filter { isOurs($0.value) }.keys.sorted() }
            return try L3_Query_V1_ListQuotasResponse.with { $0.quotas = projects.map(quota) }.serializedBytes()
        case "SetQuota":
            let isAway = cloud.kindsAway.withLock { !$0.isDisjoint(with: kinds.keys) }
            guard !isAway else { throw remote(.serviceUnavailable) }
            let wanted = try L3_Query_V1_SetQuotaRequest(serializedBytes: request)
            guard wanted.limits.allSatisfy({ kinds[$0.kind] != nil }) else { throw remote(.invalidInput) }
            // Unasked to force, a service may refuse what others have taken over by then.
            guard wanted.force else { throw remote(.badRequest) }
            cloud.limits.withLock { all in
                for limit in wanted.limits { all[wanted.projectID, default: [:]][limit.kind] = limit.limit }
            }
            return try quota(wanted.projectID).serializedBytes()
        default:
            let project = try L3_Query_V1_ResetQuotaRequest(serializedBytes: request).projectID
            let hadSome = cloud.limits.withLock { all in
                let hadSome = isOurs(all[project] ?? [:])
                all[project] = all[project]?.filter { kinds[$0.key] == nil }
                return hadSome
            }
            guard hadSome else { throw remote(.quotaNotFound) }
            return []
        }
    }

    private func isOurs(_ limits: [String: Int64]) -> Bool { limits.keys.contains { kinds[$0] != nil } }

    private func remote(_ reason: ErrorReason) -> RemoteError { RemoteError(reason: reason, message: "refused") }

    private func quota(_ project: String) -> L3_Query_V1_Quota {
        let own = cloud.limits.withLock { $0[project] ?? [:] }
        let used = cloud.usage.withLock { $0[project] ?? [:] }
        return .with { quota in
            quota.projectID = project
            quota.limits = kinds.sorted { $0.key < $1.key }.map { kind, most in
                .with {
                    $0.kind = kind
                    $0.limit = own[kind] ?? most
                    $0.used = used[kind] ?? 0
                }
            }
        }
    }
}
