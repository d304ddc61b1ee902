internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.reference.v1.ReferenceHolder`: which ports routers hold, asked by NetworkService.
struct ReferenceHolderEndpoint: L3_Reference_V1_ReferenceHolder.SimpleServiceProtocol {
    let registry: BindingRegistry

    func checkReferences(
        request: L3_Reference_V1_CheckReferencesRequest,
        context: ServerContext
    ) async throws -> L3_Reference_V1_CheckReferencesResponse {
        let asked = request.references.map { ($0, PortHold(wire: $0)) }
        let held = try await registry.held(asked.compactMap { $1?.portID }, as: CurrentRequest.context)
        return .with { response in
            response.held = asked.compactMap { reference, hold in hold.map(held.contains) == true ? reference : nil }
        }
    }
}

extension PortHold {
    /// A router's hold on a port; nil for anything else, which is never held.
    init?(wire: Wire.Reference) {
        guard wire.objectKind == "port", wire.holder.kind == "router", let port = PortID(wire.objectID),
            let router = RouterID(wire.holder.id)
        else { return nil }
        self.init(portID: port, routerID: router)
    }
}
