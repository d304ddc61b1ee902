internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime

extension Wire.AddressScope {
    init(_ scope: AddressScope) {
        self.init()
        id = scope.id.description
        projectID = scope.projectID
        name = scope.name
        createdAt = scope.history.createdAt.wire
        updatedAt = scope.history.updatedAt.wire
        revisionNumber = scope.history.revision
        ipVersion = Int32(scope.version.rawValue)
        shared = scope.isShared
    }
}

extension AddressScope.Draft {
    init(wire: Wire.AddressScope) throws(NetworkError) {
        guard let version = IPVersion(rawValue: Int(wire.ipVersion)) else {
            throw .invalidInput("ip_version \(wire.ipVersion) is neither 4 nor 6")
        }
        self.init(
            id: try AddressScopeID.chosen(wire.id),
            projectID: wire.projectID,
            name: wire.name,
            version: version,
            isShared: wire.shared
        )
    }
}

extension AddressScope.Change {
    init(wire request: L3_Network_V1_UpdateAddressScopeRequest) throws(NetworkError) {
        var mask = UpdateMask(request.updateMask)
        name = try mask.take("name", request.addressScope.name)
        isShared = try mask.take("shared", request.addressScope.shared)
        try mask.finish()
    }
}
