internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.SubnetPools`.
struct SubnetPoolsEndpoint: L3_Network_V1_SubnetPools.SimpleServiceProtocol {
    let registry: SubnetPoolRegistry

    func getSubnetPool(
        request: L3_Network_V1_GetSubnetPoolRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SubnetPool {
        try await answering {
            Wire.SubnetPool(try await registry.pool(SubnetPoolID(wire: request.id), for: CurrentRequest.context))
        }
    }

    func listSubnetPools(
        request: L3_Network_V1_ListSubnetPoolsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListSubnetPoolsResponse {
        try await answering {
            let page = try await registry.list(ListQuery(wire: request.query), for: CurrentRequest.context)
            return .with {
                $0.subnetpools = page.items.map(Wire.SubnetPool.init)
                $0.nextPageToken = page.isFull ? page.items.last?.id.description ?? "" : ""
            }
        }
    }

    func createSubnetPool(
        request: L3_Network_V1_CreateSubnetPoolRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SubnetPool {
        try await make([request.subnetpool])[0]
    }

    func batchCreateSubnetPools(
        request: L3_Network_V1_BatchCreateSubnetPoolsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreateSubnetPoolsResponse {
        let made = try await make(request.subnetpools)
        return .with { $0.subnetpools = made }
    }

    private func make(_ wanted: [Wire.SubnetPool]) async throws -> [Wire.SubnetPool] {
        try await answering {
            let drafts = try wanted.map(SubnetPool.Draft.init(wire:))
            return try await registry.create(drafts, by: CurrentRequest.context).map(Wire.SubnetPool.init)
        }
    }

    func updateSubnetPool(
        request: L3_Network_V1_UpdateSubnetPoolRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SubnetPool {
        try await answering {
            Wire.SubnetPool(
                try await registry.update(
                    SubnetPoolID(wire: request.subnetpool.id),
                    SubnetPool.Change(wire: request),
                    expecting: request.expectedRevisionNumber.expectedRevision,
                    by: CurrentRequest.context
                )
            )
        }
    }

    func deleteSubnetPool(
        request: L3_Network_V1_DeleteSubnetPoolRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteSubnetPoolResponse {
        try await answering {
            try await registry.delete(
                SubnetPoolID(wire: request.id),
                expecting: request.expectedRevisionNumber.expectedRevision,
                by: CurrentRequest.context
            )
            return .init()
        }
    }
}

extension SubnetPoolsEndpoint {
    func addPrefixes(
        request: L3_Network_V1_SubnetPoolPrefixesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SubnetPool {
        try await answering {
            let prefixes = try CIDR.list(request.prefixes, field: "prefixes")
            return Wire.SubnetPool(
                try await registry.add(prefixes, to: SubnetPoolID(wire: request.id), by: CurrentRequest.context)
            )
        }
    }

    func removePrefixes(
        request: L3_Network_V1_SubnetPoolPrefixesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SubnetPool {
        try await answering {
            let prefixes = try CIDR.list(request.prefixes, field: "prefixes")
            return Wire.SubnetPool(
                try await registry.remove(prefixes, from: SubnetPoolID(wire: request.id), by: CurrentRequest.context)
            )
        }
    }

    func onboardNetworkSubnets(
        request: L3_Network_V1_OnboardNetworkSubnetsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_SubnetPool {
        try await answering {
            Wire.SubnetPool(
                try await registry.onboard(
                    NetworkID(wire: request.networkID),
                    into: SubnetPoolID(wire: request.id),
                    by: CurrentRequest.context
                )
            )
        }
    }
}
