internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.floatingip.v1.PortForwardings`.
struct PortForwardingEndpoint: L3_Floatingip_V1_PortForwardings.SimpleServiceProtocol {
    let registry: PortForwardingRegistry

    func getPortForwarding(
        request: L3_Floatingip_V1_GetPortForwardingRequest,
        context: ServerContext
    ) async throws -> Wire.PortForwarding {
        try await registry.get(request.id, of: request.floatingipID, as: CurrentRequest.context).wire
    }

    func listPortForwardings(
        request: L3_Floatingip_V1_ListPortForwardingsRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_ListPortForwardingsResponse {
        let query = ListQuery(wire: request.query)
        let page = try await registry.list(query, of: request.floatingipID, as: CurrentRequest.context)
        return .with {
            $0.portForwardings = page.items.map(\.wire)
            $0.nextPageToken = page.isFull ? $0.portForwardings.last?.id ?? "" : ""
        }
    }

    func createPortForwarding(
        request: L3_Floatingip_V1_CreatePortForwardingRequest,
        context: ServerContext
    ) async throws -> Wire.PortForwarding {
        let wire = request.portForwarding
        let id: PortForwardingID =
            wire.id.isEmpty ? .random() : try Wire.id(wire.id, or: { .badRequest("id '\($0)' is not a UUID") })
        let wish = try PortForwardingWish(wire: wire)
        return try await registry.create(id, of: wire.floatingipID, wish, as: CurrentRequest.context).wire
    }

    func updatePortForwarding(
        request: L3_Floatingip_V1_UpdatePortForwardingRequest,
        context: ServerContext
    ) async throws -> Wire.PortForwarding {
        let (wire, change) = (request.portForwarding, try PortForwardingChange(wire: request))
        return try await registry.update(wire.id, of: wire.floatingipID, change, as: CurrentRequest.context).wire
    }

    func deletePortForwarding(
        request: L3_Floatingip_V1_DeletePortForwardingRequest,
        context: ServerContext
    ) async throws -> L3_Floatingip_V1_DeletePortForwardingResponse {
        try await registry.delete(request.id, of: request.floatingipID, as: CurrentRequest.context)
        return .init()
    }
}
