internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.floatingip.v1.NDPProxies`.
struct NDPProxyEndpoint: L3_Floatingip_V1_NDPProxies.SimpleServiceProtocol {
    let registry: NDPProxyRegistry

    func getNDPProxy(
        request: L3_Floatingip_V1_GetNDPProxyRequest,
        context: ServerContext
    ) async throws -> Wire.NDPProxy {
        try await registry.get(request.id, as: CurrentRequest.context).wire
    }

    func listNDPProxies(
        request: L3_Floatingip_V1_ListNDPProxiesRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_ListNDPProxiesResponse {
        let page = try await registry.list(ListQuery(wire: request.query), as: CurrentRequest.context)
        return .with {
            $0.ndpProxies = page.items.map(\.wire)
            $0.nextPageToken = page.isFull ? $0.ndpProxies.last?.id ?? "" : ""
        }
    }

    func createNDPProxy(
        request: L3_Floatingip_V1_CreateNDPProxyRequest,
        context: ServerContext
    ) async throws -> Wire.NDPProxy {
        try await registry.create(NDPProxyDraft(wire: request.ndpProxy), as: CurrentRequest.context).wire
    }

    func updateNDPProxy(
        request: L3_Floatingip_V1_UpdateNDPProxyRequest,
        context: ServerContext
    ) async throws -> Wire.NDPProxy {
        let change = try NDPProxyChange(wire: request)
        return try await registry.update(request.ndpProxy.id, change, as: CurrentRequest.context).wire
    }

    func deleteNDPProxy(
        request: L3_Floatingip_V1_DeleteNDPProxyRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_DeleteNDPProxyResponse {
        let expected = request.expectedRevisionNumber == 0 ? nil : request.expectedRevisionNumber
        try await registry.delete(request.id, expected: expected, as: CurrentRequest.context)
        return .init()
    }
}
