internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.agent.v1.NodeAddresses`.
struct NodeAddressesEndpoint: L3_Agent_V1_NodeAddresses.SimpleServiceProtocol {
    let registry: AddressRegistry

    func watchAddresses(
        request: RPCAsyncSequence<Wire.AddressRequest, any Error>,
        response: RPCWriter<Wire.AddressEvent>,
        context: ServerContext
    ) async throws {
        try FloatingIPRegistry.requireProgram(CurrentRequest.context)
        let requests = request.compactMap { @Sendable message in try AddressRequest(wire: message) }
        try await AddressWatch(registry: registry).run(requests) { try await response.write($0.wire) }
    }

    func reportAddressStatus(
        request: L3_Agent_V1_ReportAddressStatusRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ReportAddressStatusResponse {
        try FloatingIPRegistry.requireProgram(CurrentRequest.context)
        try await registry.report(request.addresses.compactMap(StatusReport.init(wire:)))
        return .init()
    }
}
