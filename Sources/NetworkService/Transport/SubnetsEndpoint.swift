internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.Subnets`.
struct SubnetsEndpoint: L3_Network_V1_Subnets.SimpleServiceProtocol {
    let registry: SubnetRegistry

    func getSubnet(
        request: L3_Network_V1_GetSubnetRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Subnet {
        try await answering {
            Wire.Subnet(try await registry.subnet(SubnetID(wire: request.id), for: CurrentRequest.context))
        }
    }

    func listSubnets(
        request: L3_Network_V1_ListSubnetsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListSubnetsResponse {
        try await answering {
            let page = try await registry.list(ListQuery(wire: request.query), for: CurrentRequest.context)
            return .with {
                $0.subnets = page.items.map(Wire.Subnet.init)
                $0.nextPageToken = page.isFull ? page.items.last?.id.description ?? "" : ""
            }
        }
    }

    func createSubnet(
        request: L3_Network_V1_CreateSubnetRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Subnet {
        try await make([request.subnet])[0]
    }

    func batchCreateSubnets(
        request: L3_Network_V1_BatchCreateSubnetsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreateSubnetsResponse {
        let made = try await make(request.subnets)
        return .with { $0.subnets = made }
    }

    private func make(_ wanted: [Wire.Subnet]) async throws -> [Wire.Subnet] {
        try await answering {
            let drafts = try wanted.map(Subnet.Draft.init(wire:))
            return try await registry.create(drafts, by: CurrentRequest.context).map(Wire.Subnet.init)
        }
    }

    func updateSubnet(
        request: L3_Network_V1_UpdateSubnetRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Subnet {
        try await answering {
            Wire.Subnet(
                try await registry.update(
                    SubnetID(wire: request.subnet.id),
                    Subnet.Change(wire: request),
                    expecting: request.expectedRevisionNumber.expectedRevision,
                    by: CurrentRequest.context
                )
            )
        }
    }

    func deleteSubnet(
        request: L3_Network_V1_DeleteSubnetRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteSubnetResponse {
        try await answering {
            try await registry.delete(
                SubnetID(wire: request.id),
                expecting: request.expectedRevisionNumber.expectedRevision,
                by: CurrentRequest.context
            )
            return .init()
        }
    }
}
