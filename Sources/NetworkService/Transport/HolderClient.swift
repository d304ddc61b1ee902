internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// A program with holders of ports, asked over gRPC.
struct HolderClient<Transport: ClientTransport>: HolderDirectory {
    let kinds: Set<String>
    private let holders: L3_Reference_V1_ReferenceHolder.Client<Transport>

    /// The most references of one question.
    private static var most: Int { 1000 }

    init(_ client: GRPCClient<Transport>, kinds: Set<String>) {
        self.kinds = kinds
        holders = L3_Reference_V1_ReferenceHolder.Client(wrapping: client)
    }

    func held(among keepsakes: [Keepsake]) async throws -> Set<Keepsake> {
        var held: Set<Wire.Reference> = []
        for start in stride(from: 0, to: keepsakes.count, by: Self.most) {
            let part = keepsakes[start..<min(start + Self.most, keepsakes.count)]
            let request = L3_Reference_V1_CheckReferencesRequest.with { $0.references = part.map(\.wire) }
            let answer = try await CurrentRequest.$context.withValue(.service(named: "network")) {
                try await callingRemote { try await holders.checkReferences(request) }
            }
            held.formUnion(answer.held)
        }
        return Set(keepsakes.filter { held.contains($0.wire) })
    }
}

extension Keepsake {
    /// The reference as its holder knows it.
    fileprivate var wire: Wire.Reference {
        .with {
            $0.holder = holder.wire
            $0.objectKind = "port"
            $0.objectID = portID.description
        }
    }
}
