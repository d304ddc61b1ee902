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

    func getHoldFacts(
        request: L3_Network_V1_GetHoldFactsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_GetHoldFactsResponse {
        try await answering {
            let facts = try await registry.facts(
                network: NetworkID(wire: request.networkID),
                subnet: request.subnetID.isEmpty ? nil : SubnetID(wire: request.subnetID),
                port: request.portID.isEmpty ? nil : PortID(wire: request.portID),
                for: CurrentRequest.context
            )
            return .with {
                if let network = facts.network { $0.network = Wire.Network(network) }
                $0.subnets = facts.subnets.map(Wire.Subnet.init)
                if let subnet = facts.subnet { $0.subnet = Wire.Subnet(subnet) }
                if let port = facts.port { $0.port = render(port) }
            }
        }
    }

    func holdAddress(
        request: L3_Network_V1_HoldAddressRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_HoldAddressResponse {
        try await answeringService {
            let reservation = try Reservation(wire: request.reservation)
            let reference =
                request.hasReference ? try PortReference(wire: request.reference, of: reservation.holder) : nil
            let held = try await registry.hold(reservation, leaningOn: reference)
            return .with {
                $0.reserved = render(held.reserved)
                if let port = held.referenced { $0.referenced = render(port) }
            }
        }
    }

    func dropHolds(
        request: L3_Network_V1_DropHoldsRequest,
        context: ServerContext
    ) async throws -> L3_Network_V1_DropHoldsResponse {
        try await answeringService {
            try await registry.drop(
                Holder(wire: request.holder),
                references: request.referencePortIds.map { id throws(NetworkError) in try PortID(wire: id) },
                releasing: request.releasePortID.isEmpty ? nil : PortID(wire: request.releasePortID)
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
