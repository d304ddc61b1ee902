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

    private let networks: L3_Network_V1_Networks.Client<Transport>
    private let subnets: L3_Network_V1_Subnets.Client<Transport>
    private let ports: L3_Network_V1_Ports.Client<Transport>
    private let reservations: L3_Network_V1_PortReservations.Client<Transport>

    init(_ client: GRPCClient<Transport>) {
        networks = L3_Network_V1_Networks.Client(wrapping: client)
        subnets = L3_Network_V1_Subnets.Client(wrapping: client)
        ports = L3_Network_V1_Ports.Client(wrapping: client)
        reservations = L3_Network_V1_PortReservations.Client(wrapping: client)
    }

    func network(_ id: NetworkID, as context: RequestContext) async throws -> Network {
        try await Network(
            wire: RemoteCall.as(context) {
                try await networks.getNetwork(.with { $0.id = id.description }, options: RemoteCall.options)
            }
        )
    }

    func subnet(_ id: SubnetID, as context: RequestContext) async throws -> Subnet {
        try await Subnet(
            wire: RemoteCall.as(context) {
                try await subnets.getSubnet(.with { $0.id = id.description }, options: RemoteCall.options)
            }
        )
    }

    func subnets(of network: NetworkID) async throws -> [Subnet] {
        try await subnets(ListQuery(filters: [.init("network_id", [network.description])]), as: RemoteCall.ownContext)
    }

    func externalSubnets(as context: RequestContext) async throws -> [Subnet] {
        try await subnets(ListQuery(filters: [.init("router_external", ["true"])]), as: context)
    }

    private func subnets(_ query: ListQuery, as context: RequestContext) async throws -> [Subnet] {
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

    func ports(_ ids: Set<PortID>) async throws -> [PortID: Port] {
        var found: [PortID: Port] = [:]
        var rest = ids.map(\.description)[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.batch))
            rest = rest.dropFirst(Self.batch)
            let answer = try await RemoteCall.asService {
                try await ports.batchGetPorts(.with { $0.ids = batch }, options: RemoteCall.options)
            }
            for port in try answer.ports.map(Port.init(wire:)) { found[port.id] = port }
        }
        return found
    }

    func reserve(_ reservation: AddressReservation) async throws -> Port {
        let request = L3_Network_V1_ReservePortRequest.with {
            $0.holder = Holder.floatingIP(reservation.floatingIPID).wire
            $0.portID = reservation.floatingIPID.derived(as: PortKind.self, purpose: .floatingIPPort).description
            $0.networkID = reservation.networkID.description
            $0.deviceOwner = Self.addressOwner
            $0.ipv4Only = true
            if reservation.address != nil || reservation.subnetID != nil { $0.fixedIps = [reservation.wanted] }
        }
        return try await Port(
            wire: RemoteCall.asService { try await reservations.reservePort(request, options: RemoteCall.options) }
        )
    }

    func release(_ port: PortID, for floatingIP: FloatingIPID) async throws {
        let request = L3_Network_V1_ReleasePortRequest.with {
            $0.holder = Holder.floatingIP(floatingIP).wire
            $0.portID = port.description
        }
        _ = try await RemoteCall.asService {
            try await reservations.releasePort(request, options: RemoteCall.options)
        }
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

    func removeReference(of holder: Holder, to port: PortID) async throws {
        let request = L3_Network_V1_RemovePortReferenceRequest.with {
            $0.holder = holder.wire
            $0.portID = port.description
        }
        _ = try await RemoteCall.asService {
            try await reservations.removePortReference(request, options: RemoteCall.options)
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
