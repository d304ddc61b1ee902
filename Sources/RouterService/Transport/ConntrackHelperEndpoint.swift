internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.router.v1.ConntrackHelpers`.
struct ConntrackHelperEndpoint: L3_Router_V1_ConntrackHelpers.SimpleServiceProtocol {
    let registry: ConntrackHelperRegistry

    func getConntrackHelper(
        request: L3_Router_V1_GetConntrackHelperRequest,
        context: ServerContext
    ) async throws -> Wire.ConntrackHelper {
        try await registry.get(request.id, of: request.routerID, as: CurrentRequest.context).wire
    }

    func listConntrackHelpers(
        request: L3_Router_V1_ListConntrackHelpersRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_ListConntrackHelpersResponse {
        let query = ListQuery(wire: request.query)
        let page = try await registry.list(query, of: request.routerID, as: CurrentRequest.context)
        return .with {
            $0.conntrackHelpers = page.items.map(\.wire)
            $0.nextPageToken = page.isFull ? $0.conntrackHelpers.last?.id ?? "" : ""
        }
    }

    func createConntrackHelper(
        request: L3_Router_V1_CreateConntrackHelperRequest,
        context: ServerContext
    ) async throws -> Wire.ConntrackHelper {
        let wire = request.conntrackHelper
        return try await registry.create(
            Wire.optionalID(wire.id, "id") ?? .random(),
            of: wire.routerID,
            ConntrackHelper.Rule(wire: wire),
            as: CurrentRequest.context
        ).wire
    }

    func updateConntrackHelper(
        request: L3_Router_V1_UpdateConntrackHelperRequest,
        context: ServerContext
    ) async throws -> Wire.ConntrackHelper {
        let (wire, change) = (request.conntrackHelper, try ConntrackHelperChange(wire: request))
        return try await registry.update(wire.id, of: wire.routerID, change, as: CurrentRequest.context).wire
    }

    func deleteConntrackHelper(
        request: L3_Router_V1_DeleteConntrackHelperRequest,
        context: ServerContext
    ) async throws -> L3_Router_V1_DeleteConntrackHelperResponse {
        try await registry.delete(request.id, of: request.routerID, as: CurrentRequest.context)
        return .init()
    }
}
