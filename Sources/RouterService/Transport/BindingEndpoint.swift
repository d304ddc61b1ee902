internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.router.v1.RouterBindings`.
struct BindingEndpoint: L3_Router_V1_RouterBindings.SimpleServiceProtocol {
    let registry: BindingRegistry

    func bindAddress(
        request: L3_Router_V1_BindAddressRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_BindAddressResponse {
        let id = try await registry.bind(
            BindingHolder(wire: request.holder),
            subnet: Wire.id(request.subnetID, "subnet_id"),
            network: Wire.id(request.floatingNetworkID, "floating_network_id"),
            via: Self.router(request.routerID),
            as: CurrentRequest.context
        )
        return .with { $0.routerID = id.description }
    }

    func unbindAddress(
        request: L3_Router_V1_UnbindAddressRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_UnbindAddressResponse {
        let router = try Self.router(request.keepRouterID)
        let subnet = try Wire.optionalID(request.keepSubnetID, "keep_subnet_id", as: SubnetKind.self)
        guard (router == nil) == (subnet == nil) else {
            throw RouterError.badRequest("keep_router_id and keep_subnet_id go together")
        }
        try await registry.unbind(
            BindingHolder(wire: request.holder),
            keeping: router.flatMap { router in subnet.map { (router, $0) } },
            as: CurrentRequest.context
        )
        return .init()
    }

    private static func router(_ text: String) throws(RouterError) -> RouterID? {
        guard !text.isEmpty else { return nil }
        guard let id = RouterID(text) else { throw .routerNotFound(text) }
        return id
    }
}

extension BindingHolder {
    /// The holder that a request names.
    init(wire: Wire.Holder) throws(RouterError) {
        guard let kind = Kind(rawValue: wire.kind) else {
            throw .badRequest("nothing of kind '\(wire.kind)' can hold a router")
        }
        self.init(kind: kind, id: try Wire.id(wire.id, "holder.id"))
    }

    /// The holder as it travels.
    var wire: Wire.Holder {
        .with {
            $0.kind = kind.rawValue
            $0.id = id.description
        }
    }
}
