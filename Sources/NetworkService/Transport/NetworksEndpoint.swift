internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.Networks`.
struct NetworksEndpoint: L3_Network_V1_Networks.SimpleServiceProtocol {
    let registry: NetworkRegistry

    func getNetwork(
        request: L3_Network_V1_GetNetworkRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Network {
        try await answering {
            Wire.Network(try await registry.network(NetworkID(wire: request.id), for: CurrentRequest.context))
        }
    }

    func listNetworks(
        request: L3_Network_V1_ListNetworksRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListNetworksResponse {
        try await answering {
            let page = try await registry.list(ListQuery(wire: request.query), for: CurrentRequest.context)
            return .with {
                $0.networks = page.items.map(Wire.Network.init)
                $0.nextPageToken = page.isFull ? page.items.last?.id.description ?? "" : ""
            }
        }
    }

    func createNetwork(
        request: L3_Network_V1_CreateNetworkRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Network {
        try await make([request.network])[0]
    }

    func batchCreateNetworks(
        request: L3_Network_V1_BatchCreateNetworksRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreateNetworksResponse {
        let made = try await make(request.networks)
        return .with { $0.networks = made }
    }

    private func make(_ wanted: [Wire.Network]) async throws -> [Wire.Network] {
        try await answering {
            let drafts = try wanted.map(Network.Draft.init(wire:))
            return try await registry.create(drafts, by: CurrentRequest.context).map(Wire.Network.init)
        }
    }

    func updateNetwork(
        request: L3_Network_V1_UpdateNetworkRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Network {
        try await answering {
            Wire.Network(
                try await registry.update(
                    NetworkID(wire: request.network.id),
                    Network.Change(wire: request),
                    expecting: request.expectedRevisionNumber.expectedRevision,
                    by: CurrentRequest.context
                )
            )
        }
    }

    func deleteNetwork(
        request: L3_Network_V1_DeleteNetworkRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteNetworkResponse {
        try await answering {
            try await registry.delete(
                NetworkID(wire: request.id),
                expecting: request.expectedRevisionNumber.expectedRevision,
                by: CurrentRequest.context
            )
            return .init()
        }
    }
}
