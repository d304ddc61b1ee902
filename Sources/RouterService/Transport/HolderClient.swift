internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// The holders of bindings, all of which FloatingIPService owns, over gRPC.
struct HolderClient<Transport: ClientTransport>: HolderDirectory {
    private let holders: L3_Reference_V1_ReferenceHolder.Client<Transport>

    init(_ client: GRPCClient<Transport>) {
        holders = L3_Reference_V1_ReferenceHolder.Client(wrapping: client)
    }

    func held(_ bindings: [Binding]) async throws -> Set<Binding> {
        let request = L3_Reference_V1_CheckReferencesRequest.with { $0.references = bindings.map(\.wire) }
        let answer = try await CurrentRequest.$context.withValue(.service(named: "router")) {
            try await callingRemote { try await holders.checkReferences(request) }
        }
        return Set(bindings.filter { answer.held.contains($0.wire) })
    }
}

extension Binding {
    /// The binding as its holder knows it.
    fileprivate var wire: Wire.Reference {
        .with {
            $0.holder = holder.wire
            $0.objectKind = "router"
            $0.objectID = routerID.description
        }
    }
}
