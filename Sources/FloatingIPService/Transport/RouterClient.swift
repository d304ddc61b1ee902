internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// RouterService over gRPC.
struct RouterClient<Transport: ClientTransport>: RouterDirectory {
    private let routers: L3_Router_V1_Routers.Client<Transport>
    private let bindings: L3_Router_V1_RouterBindings.Client<Transport>

    init(_ client: GRPCClient<Transport>) {
        routers = L3_Router_V1_Routers.Client(wrapping: client)
        bindings = L3_Router_V1_RouterBindings.Client(wrapping: client)
    }

    func router(_ id: RouterID, as context: RequestContext) async throws -> Router {
        let wire = try await RemoteCall.as(context) {
            try await routers.getRouter(.with { $0.id = id.description }, options: RemoteCall.options)
        }
        let network = wire.hasExternalGatewayInfo ? wire.externalGatewayInfo.networkID : ""
        return Router(
            id: try UnreadableAnswer.id(wire.id),
            enablesNDPProxy: wire.enableNdpProxy,
            gatewayNetworkID: network.isEmpty ? nil : try UnreadableAnswer.id(network)
        )
    }

    func bind(_ holder: Holder, to way: Way) async throws -> RouterID {
        let request = L3_Router_V1_BindAddressRequest.with {
            $0.holder = holder.wire
            $0.floatingNetworkID = way.networkID.description
            $0.subnetID = way.subnetID.description
            $0.routerID = way.routerID?.description ?? ""
        }
        let answer = try await RemoteCall.asService {
            try await bindings.bindAddress(request, options: RemoteCall.options)
        }
        return try UnreadableAnswer.id(answer.routerID)
    }

    func unbind(_ holder: Holder, keeping kept: Binding?) async throws {
        let request = L3_Router_V1_UnbindAddressRequest.with {
            $0.holder = holder.wire
            $0.keepRouterID = kept?.routerID.description ?? ""
            $0.keepSubnetID = kept?.subnetID.description ?? ""
        }
        _ = try await RemoteCall.asService {
            try await bindings.unbindAddress(request, options: RemoteCall.options)
        }
    }
}
