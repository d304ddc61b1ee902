internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.floatingip.v1.FloatingIPs`.
struct FloatingIPEndpoint: L3_Floatingip_V1_FloatingIPs.SimpleServiceProtocol {
    let registry: FloatingIPRegistry

    func getFloatingIP(
        request: L3_Floatingip_V1_GetFloatingIPRequest,
        context: ServerContext
    ) async throws -> Wire.FloatingIP {
        try await registry.get(request.id, as: CurrentRequest.context).wire
    }

    func listFloatingIPs(
        request: L3_Floatingip_V1_ListFloatingIPsRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_ListFloatingIPsResponse {
        let page = try await registry.list(ListQuery(wire: request.query), as: CurrentRequest.context)
        return .with {
            $0.floatingips = page.items.map(\.wire)
            $0.nextPageToken = page.isFull ? $0.floatingips.last?.id ?? "" : ""
        }
    }

    func createFloatingIP(
        request: L3_Floatingip_V1_CreateFloatingIPRequest,
        context: ServerContext
    ) async throws -> Wire.FloatingIP {
        try await registry.create(FloatingIPDraft(wire: request.floatingip), as: CurrentRequest.context).wire
    }

    func updateFloatingIP(
        request: L3_Floatingip_V1_UpdateFloatingIPRequest,
        context: ServerContext
    ) async throws -> Wire.FloatingIP {
        let change = try FloatingIPChange(wire: request)
        return try await registry.update(request.floatingip.id, change, as: CurrentRequest.context).wire
    }

    func deleteFloatingIP(
        request: L3_Floatingip_V1_DeleteFloatingIPRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_DeleteFloatingIPResponse {
        let expected = request.expectedRevisionNumber == 0 ? nil : request.expectedRevisionNumber
        try await registry.delete(request.id, expected: expected, as: CurrentRequest.context)
        return .init()
    }

    func listFloatingIPPools(
        request: L3_Floatingip_V1_ListFloatingIPPoolsRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_ListFloatingIPPoolsResponse {
        let page = try await registry.pools(ListQuery(wire: request.query), as: CurrentRequest.context)
        return .with { $0.floatingipPools = page.items.map(\.wire) }
    }
}
