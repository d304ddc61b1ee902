import Contracts
import GRPCCore
import ResourceModel
import SwiftProtobuf

struct FakeFloatingIPs: L3_Floatingip_V1_FloatingIPs.SimpleServiceProtocol {
    let cloud: FakeCloud

    func getFloatingIP(request: L3_Floatingip_V1_GetFloatingIPRequest, context: ServerContext) async throws
        -> L3_Floatingip_V1_FloatingIP
    {
        try cloud.get(request.id, on: cloud.floatingIPs, else: .floatingIPNotFound)
    }

    func listFloatingIPs(
        request: L3_Floatingip_V1_ListFloatingIPsRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_ListFloatingIPsResponse {
        let items = try cloud.list(request.query, on: cloud.floatingIPs)
        return .with { $0.floatingips = items }
    }

    func createFloatingIP(
        request: L3_Floatingip_V1_CreateFloatingIPRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_FloatingIP {
        try cloud.create([request.floatingip], on: cloud.floatingIPs)[0]
    }

    func updateFloatingIP(
        request: L3_Floatingip_V1_UpdateFloatingIPRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_FloatingIP {
        try cloud.update(request, request.floatingip, on: cloud.floatingIPs, else: .floatingIPNotFound)
    }

    func deleteFloatingIP(
        request: L3_Floatingip_V1_DeleteFloatingIPRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_DeleteFloatingIPResponse {
        try cloud.delete(
            request.id,
            expected: request.expectedRevisionNumber,
            on: cloud.floatingIPs,
            else: .floatingIPNotFound
        )
        return .init()
    }

    func listFloatingIPPools(
        request: L3_Floatingip_V1_ListFloatingIPPoolsRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_ListFloatingIPPoolsResponse { .init() }
}
