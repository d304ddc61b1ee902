internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

extension NDPProxyDraft {
    /// The draft that a create request carries.
    init(wire: Wire.NDPProxy) throws(FloatingIPError) {
        guard !wire.routerID.isEmpty else { throw .invalidInput("router_id must be given") }
        guard !wire.portID.isEmpty else { throw .invalidInput("port_id must be given") }
        self.init(
            id: wire.id.isEmpty ? .random() : try Wire.id(wire.id, or: { .badRequest("id '\($0)' is not a UUID") }),
            projectID: wire.projectID,
            name: wire.name,
            description: wire.description_p,
            routerID: try Wire.id(wire.routerID, or: FloatingIPError.routerNotFound),
            portID: try Wire.id(wire.portID, or: FloatingIPError.portNotFound)
        )
        guard !wire.ipAddress.isEmpty else { return }
        guard let wanted = IPv6Address(wire.ipAddress) else {
            throw .invalidAddress("'\(wire.ipAddress)' is not an IPv6 address")
        }
        address = wanted
    }
}

extension NDPProxyChange {
    /// The change that an update request carries.
    init(wire request: L3_Floatingip_V1_UpdateNDPProxyRequest) throws(FloatingIPError) {
        self.init()
        expectedRevision = request.expectedRevisionNumber == 0 ? nil : request.expectedRevisionNumber
        for path in request.updateMask.paths {
            switch path {
            case "name": name = request.ndpProxy.name
            case "description": description = request.ndpProxy.description_p
            default: throw .invalidInput("\(path) cannot be changed")
            }
        }
    }
}

extension NDPProxy {
    /// The proxy as it travels.
    var wire: Wire.NDPProxy {
        .with {
            $0.id = id.description
            $0.projectID = projectID
            $0.name = name
            $0.description_p = description
            $0.createdAt = createdAt.wire
            $0.updatedAt = updatedAt.wire
            $0.revisionNumber = revision
            $0.routerID = way.routerID.description
            $0.portID = target.portID.description
            $0.ipAddress = target.address.description
        }
    }

    /// The proxy as a node builds it.
    var state: Wire.NDPProxyState {
        .with {
            $0.id = id.description
            $0.revisionNumber = revision
            $0.ipAddress = target.address.description
        }
    }
}
