internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// NetworkService over gRPC.
struct NetworkClient<Transport: ClientTransport>: NetworkDirectory, PortDirectory, NetworkChangesDirectory {
    private let networks: L3_Network_V1_Networks.Client<Transport>
    private let subnets: L3_Network_V1_Subnets.Client<Transport>
    private let ports: L3_Network_V1_Ports.Client<Transport>
    private let reservations: L3_Network_V1_PortReservations.Client<Transport>
    private let changes: L3_Network_V1_NetworkChanges.Client<Transport>

    init(_ client: GRPCClient<Transport>) {
        networks = L3_Network_V1_Networks.Client(wrapping: client)
        subnets = L3_Network_V1_Subnets.Client(wrapping: client)
        ports = L3_Network_V1_Ports.Client(wrapping: client)
        reservations = L3_Network_V1_PortReservations.Client(wrapping: client)
        changes = L3_Network_V1_NetworkChanges.Client(wrapping: client)
    }

    /// Long enough for a busy NetworkService, short enough for somebody who waits.
    private static var options: CallOptions {
        var options = CallOptions.defaults
        options.timeout = .seconds(5)
        return options
    }

    private func calling<Answer: Sendable>(
        as context: RequestContext,
        _ call: () async throws -> Answer
    ) async throws -> Answer {
        try await CurrentRequest.$context.withValue(context) { try await callingRemote(call) }
    }

    private func calling<Answer: Sendable>(_ call: () async throws -> Answer) async throws -> Answer {
        try await calling(as: .service(named: "router", requestID: CurrentRequest.context.requestID), call)
    }

    func network(_ id: NetworkID, as context: RequestContext) async throws -> Network {
        try await Network(wire: shown(id, to: context))
    }

    func isShared(_ id: NetworkID, with context: RequestContext) async throws -> Bool {
        try await shown(id, to: context).sharedWithProject
    }

    private func shown(_ id: NetworkID, to context: RequestContext) async throws -> Wire.Network {
        try await calling(as: context) {
            try await networks.getNetwork(.with { $0.id = id.description }, options: Self.options)
        }
    }

    func subnet(_ id: SubnetID, as context: RequestContext) async throws -> Subnet {
        try await Subnet(
            wire: calling(as: context) {
                try await subnets.getSubnet(.with { $0.id = id.description }, options: Self.options)
            }
        )
    }

    func subnets(of network: NetworkID) async throws -> [Subnet] {
        let query = ListQuery(filters: [.init("network_id", [network.description])])
        let answer = try await calling {
            try await subnets.listSubnets(.with { $0.query = query.wire }, options: Self.options)
        }
        return try answer.subnets.map { try Subnet(wire: $0) }
    }

    func port(_ id: PortID, as context: RequestContext) async throws -> Port {
        try await Port(
            wire: calling(as: context) {
                try await ports.getPort(.with { $0.id = id.description }, options: Self.options)
            }
        )
    }

    func reserve(_ reservation: PortReservation) async throws -> Port {
        let request = L3_Network_V1_ReservePortRequest.with {
            $0.holder = Self.holder(reservation.routerID)
            $0.portID = reservation.portID.description
            $0.networkID = reservation.networkID.description
            $0.projectID = reservation.projectID
            $0.holderProjectID = reservation.ownerID
            $0.deviceOwner = reservation.role.deviceOwner
            $0.fixedIps = reservation.addresses.map(\.wire)
        }
        return try await Port(
            wire: calling { try await reservations.reservePort(request, options: Self.options) }
        )
    }

    func claim(_ port: PortID, for router: RouterID) async throws -> Port {
        let request = L3_Network_V1_ClaimPortRequest.with {
            $0.holder = Self.holder(router)
            $0.portID = port.description
            $0.deviceOwner = RouterPort.Role.interface.deviceOwner
        }
        return try await Port(wire: calling { try await reservations.claimPort(request, options: Self.options) })
    }

    func unclaim(_ port: PortID, for router: RouterID) async throws {
        let request = L3_Network_V1_UnclaimPortRequest.with {
            $0.holder = Self.holder(router)
            $0.portID = port.description
        }
        _ = try await calling { try await reservations.unclaimPort(request, options: Self.options) }
    }

    func readdress(_ port: PortID, for router: RouterID, to addresses: [WantedAddress]) async throws -> Port {
        let request = L3_Network_V1_UpdateReservedPortRequest.with {
            $0.holder = Self.holder(router)
            $0.portID = port.description
            $0.setFixedIps = true
            $0.fixedIps = addresses.map(\.wire)
        }
        return try await Port(
            wire: calling { try await reservations.updateReservedPort(request, options: Self.options) }
        )
    }

    func tell(_ port: UntoldPort) async throws {
        let request = L3_Network_V1_UpdateReservedPortRequest.with {
            $0.holder = Self.holder(port.routerID)
            $0.portID = port.portID.description
            $0.setBindingHostID = true
            $0.bindingHostID = port.host
            $0.status = port.status
        }
        _ = try await calling { try await reservations.updateReservedPort(request, options: Self.options) }
    }

    func release(_ port: PortID, for router: RouterID) async throws {
        let request = L3_Network_V1_ReleasePortRequest.with {
            $0.holder = Self.holder(router)
            $0.portID = port.description
        }
        _ = try await calling { try await reservations.releasePort(request, options: Self.options) }
    }

    func follow(from position: String, _ body: @escaping @Sendable (NetworkEvent) async throws -> Void) async throws {
        let request = L3_Network_V1_WatchNetworksRequest.with {
            $0.resumePosition = position
            $0.portDeviceOwners = [RouterPort.Role.interface, .gateway].map(\.deviceOwner)
            $0.networks = true
        }
        do {
            try await CurrentRequest.$context.withValue(.service(named: "router")) {
                try await changes.watchNetworks(request) { response in
                    for try await message in response.messages {
                        if let event = try NetworkEvent(wire: message) { try await body(event) }
                    }
                }
            }
        } catch let error as RPCError where error.code == .outOfRange {
            throw PositionLost()
        }
    }

    private static func holder(_ router: RouterID) -> Wire.Holder {
        .with {
            $0.kind = "router"
            $0.id = router.description
        }
    }
}
