internal import SwiftProtobuf
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime

/// `l3.network.v1.PortReservations`, for Sluice's own programs.
struct PortReservationsEndpoint: L3_Network_V1_PortReservations.SimpleServiceProtocol {
    let registry: ReservationRegistry
    let domain: String

    func reservePort(
        request: L3_Network_V1_ReservePortRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Port {
        try await answeringService { render(try await registry.reserve(Reservation(wire: request))) }
    }

    func claimPort(request: L3_Network_V1_ClaimPortRequest, context: ServerContext) async throws -> L3_Network_V1_Port {
        try await answeringService {
            render(
                try await registry.claim(
                    PortID(wire: request.portID),
                    for: Holder(wire: request.holder),
                    as: request.deviceOwner
                )
            )
        }
    }

    func unclaimPort(
        request: L3_Network_V1_UnclaimPortRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_UnclaimPortResponse {
        try await answeringService {
            try await registry.unclaim(PortID(wire: request.portID), for: Holder(wire: request.holder))
            return .init()
        }
    }

    func updateReservedPort(
        request: L3_Network_V1_UpdateReservedPortRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_Port {
        try await answeringService {
            render(
                try await registry.update(
                    PortID(wire: request.portID),
                    of: Holder(wire: request.holder),
                    ReservationChange(wire: request)
                )
            )
        }
    }

    func releasePort(
        request: L3_Network_V1_ReleasePortRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_ReleasePortResponse {
        try await answeringService {
            try await registry.release(PortID(wire: request.portID), of: Holder(wire: request.holder))
            return .init()
        }
    }

    func addPortReference(
        request: L3_Network_V1_AddPortReferenceRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_AddPortReferenceResponse {
        try await answeringService {
            let port = try await registry.addReference(PortReference(wire: request))
            return .with { $0.port = render(port) }
        }
    }

    func removePortReference(
        request: L3_Network_V1_RemovePortReferenceRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_RemovePortReferenceResponse {
        try await answeringService {
            try await registry.removeReference(
                of: Holder(wire: request.holder),
                to: PortID(wire: request.portID)
            )
            return .init()
        }
    }

    private func answeringService<Answer>(_ call: () async throws -> Answer) async throws -> Answer {
        try CurrentRequest.context.requireService()
        return try await answering(call)
    }

    private func render(_ port: Port) -> Wire.Port { Wire.Port(port, domain: domain) }
}
