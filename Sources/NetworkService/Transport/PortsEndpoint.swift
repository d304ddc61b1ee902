internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.Ports`.
struct PortsEndpoint: L3_Network_V1_Ports.SimpleServiceProtocol {
    let registry: PortRegistry
    /// The domain of addresses' names where a port has none of its own.
    let domain: String

    /// The most ids of one BatchGetPorts.
    private static let mostIDs = 1000

    func getPort(request: L3_Network_V1_GetPortRequest, context: ServerContext) async throws -> L3_Network_V1_Port {
        try await answering { render(try await registry.port(PortID(wire: request.id), for: CurrentRequest.context)) }
    }

    func batchGetPorts(
        request: L3_Network_V1_BatchGetPortsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchGetPortsResponse {
        try await answering {
            guard request.ids.count <= Self.mostIDs else {
                throw NetworkError.invalidInput("\(request.ids.count) ids where at most \(Self.mostIDs) may be")
            }
            let (ids, caller) = (request.ids.compactMap { PortID($0) }, CurrentRequest.context)
            if request.detailsOnly {
                let details = try await registry.details(ids, for: caller)
                return .with { $0.details = details.map(L3_Network_V1_PortDetails.init) }
            }
            let ports = try await registry.ports(ids, for: caller)
            return .with { $0.ports = ports.map(render) }
        }
    }

    func listPorts(
        request: L3_Network_V1_ListPortsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ListPortsResponse {
        try await answering {
            let page = try await registry.list(ListQuery(wire: request.query), for: CurrentRequest.context)
            return .with {
                $0.ports = page.items.map(render)
                $0.nextPageToken = page.isFull ? page.items.last?.id.description ?? "" : ""
            }
        }
    }

    func createPort(
        request: L3_Network_V1_CreatePortRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Port {
        try await make([request.port])[0]
    }

    func batchCreatePorts(
        request: L3_Network_V1_BatchCreatePortsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_BatchCreatePortsResponse {
        let made = try await make(request.ports)
        return .with { $0.ports = made }
    }

    private func make(_ wanted: [Wire.Port]) async throws -> [Wire.Port] {
        try await answering {
            let drafts = try wanted.map(Port.Draft.init(wire:))
            return try await registry.create(drafts, by: CurrentRequest.context).map(render)
        }
    }

    func updatePort(
        request: L3_Network_V1_UpdatePortRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Port {
        try await answering {
            render(
                try await registry.update(
                    PortID(wire: request.port.id),
                    Port.Change(wire: request),
                    expecting: request.expectedRevisionNumber.expectedRevision,
                    by: CurrentRequest.context
                )
            )
        }
    }

    func deletePort(
        request: L3_Network_V1_DeletePortRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DeletePortResponse {
        try await answering {
            try await registry.delete(
                PortID(wire: request.id),
                expecting: request.expectedRevisionNumber.expectedRevision,
                by: CurrentRequest.context
            )
            return .init()
        }
    }

    private func render(_ port: Port) -> Wire.Port { Wire.Port(port, domain: domain) }
}
