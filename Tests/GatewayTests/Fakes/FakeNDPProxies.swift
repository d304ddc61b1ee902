import Contracts
import GRPCCore
import ResourceModel
import SwiftProtobuf

extension L3_Floatingip_V1_NDPProxy: FakeResource {
    /// They have none.
    var tags: [String] {
        get { [] }
        set {}
    }
}

extension L3_Floatingip_V1_UpdateNDPProxyRequest: FakeUpdate {
    var addTags: [String] { [] }
    var removeTags: [String] { [] }
}

struct FakeNDPProxies: L3_Floatingip_V1_NDPProxies.SimpleServiceProtocol {
    let cloud: FakeCloud

    func getNDPProxy(
        request: L3_Floatingip_V1_GetNDPProxyRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_NDPProxy {
        try cloud.get(request.id, on: cloud.ndpProxies, else: .ndpProxyNotFound)
    }

    func listNDPProxies(
        request: L3_Floatingip_V1_ListNDPProxiesRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_ListNDPProxiesResponse {
        let items = try cloud.list(request.query, on: cloud.ndpProxies)
        return .with { $0.ndpProxies = items }
    }

    func createNDPProxy(
        request: L3_Floatingip_V1_CreateNDPProxyRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_NDPProxy {
        try cloud.create([request.ndpProxy], on: cloud.ndpProxies)[0]
    }

    func updateNDPProxy(
        request: L3_Floatingip_V1_UpdateNDPProxyRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_NDPProxy {
        try cloud.update(request, request.ndpProxy, on: cloud.ndpProxies, else: .ndpProxyNotFound)
    }

    func deleteNDPProxy(
        request: L3_Floatingip_V1_DeleteNDPProxyRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_DeleteNDPProxyResponse {
        try cloud.delete(
            request.id,
            expected: request.expectedRevisionNumber,
            on: cloud.ndpProxies,
            else: .ndpProxyNotFound
        )
        return .init()
    }
}
