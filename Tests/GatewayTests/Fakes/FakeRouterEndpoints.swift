import Contracts
import GRPCCore
import ResourceModel
import SwiftProtobuf

struct FakeRouters: L3_Router_V1_Routers.SimpleServiceProtocol {
    let cloud: FakeCloud

    func getRouter(request: L3_Router_V1_GetRouterRequest, context: ServerContext) async throws -> L3_Router_V1_Router {
        try cloud.get(request.id, on: cloud.routers, else: .routerNotFound)
    }

    func listRouters(
        request: L3_Router_V1_ListRoutersRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_ListRoutersResponse {
        let items = try cloud.list(request.query, on: cloud.routers)
        return .with { $0.routers = items }
    }

    func createRouter(request: L3_Router_V1_CreateRouterRequest, context: ServerContext) async throws
        -> L3_Router_V1_Router
    {
        try cloud.create([request.router], on: cloud.routers)[0]
    }

    func updateRouter(request: L3_Router_V1_UpdateRouterRequest, context: ServerContext) async throws
        -> L3_Router_V1_Router
    {
        try cloud.update(request, request.router, on: cloud.routers, else: .routerNotFound)
    }

    func deleteRouter(
        request: L3_Router_V1_DeleteRouterRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_DeleteRouterResponse {
        try cloud.delete(
            request.id,
            expected: request.expectedRevisionNumber,
            on: cloud.routers,
            else: .routerNotFound
        )
        return .init()
    }

    func addRouterInterface(
        request: L3_Router_V1_AddRouterInterfaceRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_RouterInterface {
        try interface(of: request.routerID, subnet: request.subnetID, port: request.portID)
    }

    func removeRouterInterface(
        request: L3_Router_V1_RemoveRouterInterfaceRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_RouterInterface {
        try interface(of: request.routerID, subnet: request.subnetID, port: request.portID)
    }

    private func interface(of id: String, subnet: String, port: String) throws -> L3_Router_V1_RouterInterface {
        let router = try cloud.get(id, on: cloud.routers, else: .routerNotFound)
        return .with {
            $0.id = router.id
            $0.projectID = router.projectID
            $0.portID = port
            $0.subnetID = subnet
            $0.subnetIds = [subnet]
        }
    }

    func addExtraRoutes(request: L3_Router_V1_ExtraRoutesRequest, context: ServerContext) async throws
        -> L3_Router_V1_Router
    {
        let router = try cloud.get(request.routerID, on: cloud.routers, else: .routerNotFound)
        return cloud.routers.change(router.id) { $0.routes += request.routes } ?? router
    }

    func removeExtraRoutes(request: L3_Router_V1_ExtraRoutesRequest, context: ServerContext) async throws
        -> L3_Router_V1_Router
    {
        let router = try cloud.get(request.routerID, on: cloud.routers, else: .routerNotFound)
        return cloud.routers.change(router.id) { $0.routes.removeAll { request.routes.contains($0) } } ?? router
    }

    func addExternalGateways(
        request: L3_Router_V1_ExternalGatewaysRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_Router {
        try change(request) { $0 += request.externalGateways }
    }

    func updateExternalGateways(
        request: L3_Router_V1_ExternalGatewaysRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_Router {
        try change(request) { $0 = request.externalGateways }
    }

    func removeExternalGateways(
        request: L3_Router_V1_ExternalGatewaysRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_Router {
        try change(request) { gateways in
            gateways.removeAll { gateway in request.externalGateways.contains { $0.networkID == gateway.networkID } }
        }
    }

    private func change(
        _ request: L3_Router_V1_ExternalGatewaysRequest,
        _ change: (inout [L3_Router_V1_ExternalGateway]) -> Void
    ) throws -> L3_Router_V1_Router {
        let router = try cloud.get(request.routerID, on: cloud.routers, else: .routerNotFound)
        return cloud.routers.change(router.id) { change(&$0.externalGateways) } ?? router
    }
}
