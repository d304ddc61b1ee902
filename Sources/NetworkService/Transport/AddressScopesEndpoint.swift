internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.AddressScopes`.
struct AddressScopesEndpoint: L3_Network_V1_AddressScopes.SimpleServiceProtocol {
    let registry: AddressScopeRegistry

    func getAddressScope(
        request: L3_Network_V1_GetAddressScopeRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_AddressScope {
        try await answering {
            Wire.AddressScope(
                try await registry.scope(AddressScopeID(wire: request.id), for: CurrentRequest.context)
            )
        }
    }

    func listAddressScopes(
        request: L3_Network_V1_ListAddressScopesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListAddressScopesResponse {
        try await answering {
            let page = try await registry.list(ListQuery(wire: request.query), for: CurrentRequest.context)
            return .with {
                $0.addressScopes = page.items.map(Wire.AddressScope.init)
                $0.nextPageToken = page.isFull ? page.items.last?.id.description ?? "" : ""
            }
        }
    }

    func createAddressScope(
        request: L3_Network_V1_CreateAddressScopeRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_AddressScope {
        try await answering {
            let draft = try AddressScope.Draft(wire: request.addressScope)
            return Wire.AddressScope(try await registry.create(draft, by: CurrentRequest.context))
        }
    }

    func updateAddressScope(
        request: L3_Network_V1_UpdateAddressScopeRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_AddressScope {
        try await answering {
            Wire.AddressScope(
                try await registry.update(
                    AddressScopeID(wire: request.addressScope.id),
                    AddressScope.Change(wire: request),
                    expecting: request.expectedRevisionNumber.expectedRevision,
                    by: CurrentRequest.context
                )
            )
        }
    }

    func deleteAddressScope(
        request: L3_Network_V1_DeleteAddressScopeRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeleteAddressScopeResponse {
        try await answering {
            try await registry.delete(
                AddressScopeID(wire: request.id),
                expecting: request.expectedRevisionNumber.expectedRevision,
                by: CurrentRequest.context
            )
            return .init()
        }
    }
}
