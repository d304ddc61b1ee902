internal import Addressing
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.PortObserver`: what NetworkService tells before ports, their addresses and networks go.
struct PortObserverEndpoint: L3_Network_V1_PortObserver.SimpleServiceProtocol {
    let registry: FloatingIPRegistry

    func portWillBeDeleted(
        request: L3_Network_V1_PortWillBeDeletedRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_PortWillBeDeletedResponse {
        let id: PortID = try Wire.id(request.port.id, or: FloatingIPError.portNotFound)
        try await registry.portWillBeDeleted(id, ofProject: request.port.projectID, as: CurrentRequest.context)
        return .init()
    }

    func portWillLoseAddresses(
        request: L3_Network_V1_PortWillLoseAddressesRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_PortWillLoseAddressesResponse {
        let id: PortID = try Wire.id(request.port.id, or: FloatingIPError.portNotFound)
        try await registry.port(id, willLose: request.ipAddresses.compactMap { IPAddress($0) })
        return .init()
    }

    func networkWillBeDeleted(
        request: L3_Network_V1_NetworkWillBeDeletedRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_NetworkWillBeDeletedResponse {
        let id: NetworkID = try Wire.id(request.networkID, or: FloatingIPError.networkNotFound)
        try await registry.networkWillBeDeleted(id)
        return .init()
    }
}
