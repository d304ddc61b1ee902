internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.reference.v1.ReferenceHolder`: what floating IPs and forwardings hold, asked by NetworkService and RouterService.
struct ReferenceHolderEndpoint: L3_Reference_V1_ReferenceHolder.SimpleServiceProtocol {
    let registry: AddressRegistry

    func checkReferences(
        request: L3_Reference_V1_CheckReferencesRequest,
        context: ServerContext
    ) async throws -> L3_Reference_V1_CheckReferencesResponse {
        try FloatingIPRegistry.requireProgram(CurrentRequest.context)
        let asked = request.references.map { ($0, HeldReference(wire: $0)) }
        let held = try await registry.held(Set(asked.compactMap(\.1)))
        return .with { response in
            response.held = asked.compactMap { wire, reference in
                reference.map(held.contains) == true ? wire : nil
            }
        }
    }
}

extension HeldReference {
    /// The reference that a message carries; nil for one that FloatingIPService has nothing to do with.
    init?(wire: Wire.Reference) {
        guard let holder = Holder(kind: wire.holder.kind, id: wire.holder.id) else { return nil }
        switch wire.objectKind {
        case "port": self.init(holder, PortID(wire.objectID).map(Object.port))
        case "router": self.init(holder, RouterID(wire.objectID).map(Object.router))
        default: return nil
        }
    }

    private init?(_ holder: Holder, _ object: Object?) {
        guard let object else { return nil }
        self.init(holder: holder, object: object)
    }
}
