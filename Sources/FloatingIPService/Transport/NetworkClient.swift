internal import Addressing
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// NetworkService over gRPC.
struct NetworkClient<Transport: ClientTransport>: NetworkDirectory, PortDirectory {
    /// The most ids of one call.
    private static var batch: Int { 1000 }
    private static var addressOwner: String { "network:floatingip" }

    private let subnets: L3_Network_V1_Subnets.Client<Transport>
    private let ports: L3_Network_V1_Ports.Client<Transport>
    private let reservations: L3_Network_V1_PortReservations.Client<Transport>

    init(_ client: GRPCClient<Transport>) {
        subnets = L3_Network_V1_Subnets.Client(wrapping: client)
        ports = L3_Network_V1_Ports.Client(wrapping: client)
        reservations = L3_Network_V1_PortReservations.Client(wrapping: client)
    }

    func facts(_ places: FloatingIPPlaces, as context: RequestContext) async throws -> PlaceFacts {
        let request = L3_Network_V1_GetHoldFactsRequest.with {
            $0.networkID = places.networkID.description
            $0.subnetID = places.subnetID?.description ?? ""
            $0.portID = places.portID?.description ?? ""
        }
        return try await PlaceFacts(
            wire: RemoteCall.as(context) {
                try await reservations.getHoldFacts(request, options: RemoteCall.options)
            }
        )
    }

    func externalSubnets(as context: RequestContext) async throws -> [Subnet] {
        let query = ListQuery(filters: [.init("router_external", ["true"])])
        let answer = try await RemoteCall.as(context) {
            try await subnets.listSubnets(.with { $0.query = query.wire }, options: RemoteCall.options)
        }
        return try answer.subnets.map(Subnet.init(wire:))
    }

    func port(_ id: PortID, as context: RequestContext) async throws -> Port {
        try await Port(
            wire: RemoteCall.as(context) {
                try await ports.getPort(.with { $0.id = id.description }, options: RemoteCall.options)
            }
        )
    }

    func details(_ ids: Set<PortID>) async throws -> [PortID: PortDetails] {
        var found = [PortID: PortDetails](minimumCapacity: ids.count)
        var rest = ids.map(\.description)[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.batch))
            rest = rest.dropFirst(Self.batch)
            let answer = try await RemoteCall.asService {
                let request = L3_Network_V1_BatchGetPortsRequest.with {
                    $0.ids = batch
                    $0.detailsOnly = true
                }
                return try await ports.batchGetPorts(request, options: RemoteCall.options)
            }
            for port in answer.details { found[try UnreadableAnswer.id(port.id)] = PortDetails(wire: port) }
        }
        return found
    }

    func hold(_ reservation: AddressReservation, leaningOn target: FloatingIP.Target?) async throws -> HeldAddress {
        let request = L3_Network_V1_HoldAddressRequest.with {
            $0.reservation.holder = Holder.floatingIP(reservation.floatingIPID).wire
            $0.reservation.portID =
                reservation.floatingIPID.derived(as: PortKind.self, purpose: .floatingIPPort).description
            $0.reservation.networkID = reservation.networkID.description
            $0.reservation.holderProjectID = reservation.projectID
            $0.reservation.deviceOwner = Self.addressOwner
            $0.reservation.ipv4Only = true
            if reservation.address != nil || reservation.subnetID != nil {
                $0.reservation.fixedIps = [reservation.wanted]
            }
            guard let target else { return }
            $0.reference.portID = target.portID.description
            $0.reference.ipAddress = target.address.description
        }
        let answer = try await RemoteCall.asService {
            try await reservations.holdAddress(request, options: RemoteCall.options)
        }
        return HeldAddress(
            port: try Port(wire: answer.reserved),
            targetPort: answer.hasReferenced ? try Port(wire: answer.referenced) : nil
        )
    }

    func addReference(of holder: Holder, to port: PortID, at address: IPAddress) async throws -> Port {
        let request = L3_Network_V1_AddPortReferenceRequest.with {
            $0.holder = holder.wire
            $0.portID = port.description
            $0.ipAddress = address.description
        }
        let answer = try await RemoteCall.asService {
            try await reservations.addPortReference(request, options: RemoteCall.options)
        }
        return try Port(wire: answer.port)
    }

    func drop(_ holder: Holder, references: [PortID], releasing port: PortID?) async throws {
        let request = L3_Network_V1_DropHoldsRequest.with {
            $0.holder = holder.wire
            $0.referencePortIds = references.map(\.description)
            $0.releasePortID = port?.description ?? ""
        }
        _ = try await RemoteCall.asService {
            try await reservations.dropHolds(request, options: RemoteCall.options)
        }
    }
}

extension AddressReservation {
    fileprivate var wanted: Wire.FixedIP {
        .with {
            $0.subnetID = subnetID?.description ?? ""
            $0.ipAddress = address?.description ?? ""
        }
    }
}
