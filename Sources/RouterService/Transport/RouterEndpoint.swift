internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.router.v1.Routers`.
struct RouterEndpoint: L3_Router_V1_Routers.SimpleServiceProtocol {
    let registry: RouterRegistry

    func getRouter(request: L3_Router_V1_GetRouterRequest, context: ServerContext) async throws -> Wire.Router {
        try await registry.get(request.id, as: CurrentRequest.context).wire
    }

    func listRouters(
        request: L3_Router_V1_ListRoutersRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_ListRoutersResponse {
        let page = try await registry.list(ListQuery(wire: request.query), as: CurrentRequest.context)
        return .with {
            $0.routers = page.items.map(\.wire)
            $0.nextPageToken = page.isFull ? $0.routers.last?.id ?? "" : ""
        }
    }

    func createRouter(request: L3_Router_V1_CreateRouterRequest, context: ServerContext) async throws -> Wire.Router {
        try await registry.create(RouterDraft(wire: request.router), as: CurrentRequest.context).wire
    }

    func updateRouter(request: L3_Router_V1_UpdateRouterRequest, context: ServerContext) async throws -> Wire.Router {
        let change = try RouterChange(wire: request)
        return try await registry.update(request.router.id, change, as: CurrentRequest.context).wire
    }

    func deleteRouter(
        request: L3_Router_V1_DeleteRouterRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_DeleteRouterResponse {
        let expected = request.expectedRevisionNumber == 0 ? nil : request.expectedRevisionNumber
        try await registry.delete(request.id, expected: expected, as: CurrentRequest.context)
        return .init()
    }

    func addRouterInterface(
        request: L3_Router_V1_AddRouterInterfaceRequest,
        context: ServerContext
    ) async throws -> Wire.RouterInterface {
        let target = try InterfaceTarget(adding: request)
        return try await registry.addInterface(target, to: request.routerID, as: CurrentRequest.context).wire
    }

    func removeRouterInterface(
        request: L3_Router_V1_RemoveRouterInterfaceRequest,
        context: ServerContext
    ) async throws -> Wire.RouterInterface {
        let target = try InterfaceTarget(removing: request)
        return try await registry.removeInterface(target, from: request.routerID, as: CurrentRequest.context).wire
    }

    func addExtraRoutes(request: L3_Router_V1_ExtraRoutesRequest, context: ServerContext) async throws -> Wire.Router {
        let routes = try request.routes.map { try ExtraRoute(wire: $0) }
        return try await registry.addRoutes(routes, to: request.routerID, as: CurrentRequest.context).wire
    }

    func removeExtraRoutes(
        request: L3_Router_V1_ExtraRoutesRequest,
        context: ServerContext
    ) async throws -> Wire.Router {
        let routes = try request.routes.map { try ExtraRoute(wire: $0) }
        return try await registry.removeRoutes(routes, from: request.routerID, as: CurrentRequest.context).wire
    }

    func addExternalGateways(
        request: L3_Router_V1_ExternalGatewaysRequest,
        context: ServerContext
    ) async throws -> Wire.Router {
        try await registry.changeGateways(.add(request.wanted), of: request.routerID, as: CurrentRequest.context).wire
    }

    func updateExternalGateways(
        request: L3_Router_V1_ExternalGatewaysRequest,
        context: ServerContext
    ) async throws -> Wire.Router {
        let edit = GatewayEdit.replace(try request.wanted)
        return try await registry.changeGateways(edit, of: request.routerID, as: CurrentRequest.context).wire
    }

    func removeExternalGateways(
        request: L3_Router_V1_ExternalGatewaysRequest,
        context: ServerContext
    ) async throws -> Wire.Router {
        let edit = GatewayEdit.remove(try request.wanted)
        return try await registry.changeGateways(edit, of: request.routerID, as: CurrentRequest.context).wire
    }
}

extension L3_Router_V1_ExternalGatewaysRequest {
    /// The gateways that the request names.
    fileprivate var wanted: [GatewayRequest] {
        get throws(RouterError) {
            try externalGateways.map { gateway throws(RouterError) in
                guard let request = try GatewayRequest.reading(gateway) else {
                    throw .invalidInput("an external gateway needs a network_id")
                }
                return request
            }
        }
    }
}

extension InterfaceTarget {
    /// What is to be attached: exactly one of subnet and port.
    init(adding request: L3_Router_V1_AddRouterInterfaceRequest) throws(RouterError) {
        let subnet = try Wire.optionalID(request.subnetID, "subnet_id", as: SubnetKind.self)
        let port = try Wire.optionalID(request.portID, "port_id", as: PortKind.self)
        switch (subnet, port) {
        case (let subnet?, nil): self = .subnet(subnet)
        case (nil, let port?): self = .port(port, on: nil)
        case (nil, nil): throw .badRequest("either subnet_id or port_id must be specified")
        case (.some, .some): throw .badRequest("cannot specify both subnet_id and port_id")
        }
    }

    /// What is to be detached: the port where given, else the subnet's.
    init(removing request: L3_Router_V1_RemoveRouterInterfaceRequest) throws(RouterError) {
        let subnet = try Wire.optionalID(request.subnetID, "subnet_id", as: SubnetKind.self)
        let port = try Wire.optionalID(request.portID, "port_id", as: PortKind.self)
        switch (subnet, port) {
        case (let subnet, let port?): self = .port(port, on: subnet)
        case (let subnet?, nil): self = .subnet(subnet)
        case (nil, nil): throw .badRequest("either subnet_id or port_id must be specified")
        }
    }
}
