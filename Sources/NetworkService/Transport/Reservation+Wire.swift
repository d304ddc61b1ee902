internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import ResourceModel

extension Holder {
    /// - Throws: `badRequest` for a holder without kind or id.
    init(wire: Wire.Holder) throws(NetworkError) {
        guard !wire.kind.isEmpty, !wire.id.isEmpty else { throw .badRequest("a holder has a kind and an id") }
        try Labels.check(wire.kind, as: "holder.kind")
        try Labels.check(wire.id, as: "holder.id")
        self.init(kind: wire.kind, id: wire.id)
    }

    var wire: Wire.Holder {
        .with {
            $0.kind = kind
            $0.id = id
        }
    }
}

extension Reservation {
    init(wire: L3_Network_V1_ReservePortRequest) throws(NetworkError) {
        holder = try Holder(wire: wire.holder)
        portID = try PortID(wire: wire.portID)
        networkID = try NetworkID(wire: wire.networkID)
        projectID = wire.projectID
        deviceOwner = wire.deviceOwner
        name = wire.name
        holderProject = wire.holderProjectID
        try Labels.check(holderProject, as: "holder_project_id")
        if wire.fixedIps.isEmpty {
            addresses = wire.ipv4Only ? .oneIPv4 : .automatic
        } else {
            addresses = try AddressWish(wire: wire.fixedIps)
        }
    }
}

extension ReservationChange {
    init(wire: L3_Network_V1_UpdateReservedPortRequest) throws(NetworkError) {
        addresses = wire.setFixedIps ? try AddressWish(wire: wire.fixedIps) : nil
        host = wire.setBindingHostID ? wire.bindingHostID : nil
        status = try PortStatus.named(wire.status, field: "status")
    }
}

extension PortReference {
    /// The reference that goes with a reservation.
    init(wire: L3_Network_V1_AddPortReferenceRequest, of holder: Holder) throws(NetworkError) {
        portID = try PortID(wire: wire.portID)
        self.holder = holder
        address = try IPAddress(wire: wire.ipAddress, field: "ip_address")
    }

    init(wire: L3_Network_V1_AddPortReferenceRequest) throws(NetworkError) {
        portID = try PortID(wire: wire.portID)
        holder = try Holder(wire: wire.holder)
        address = try IPAddress(wire: wire.ipAddress, field: "ip_address")
    }
}
