internal import Addressing
internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

extension Wire {
    typealias NeighbourProxy = L3_Agent_V1_NDPProxyState
}

extension NeighbourProxyEntry {
    init(_ wire: Wire.NeighbourProxy) throws(WireFault) {
        id = try WireFault.parse(wire.id, "id")
        revision = wire.revisionNumber
        address = try WireFault.parse(wire.ipAddress, "ip_address")
    }

    var wire: Wire.NeighbourProxy {
        Wire.NeighbourProxy.with {
            $0.id = id.description
            $0.revisionNumber = revision
            $0.ipAddress = address.description
        }
    }
}
