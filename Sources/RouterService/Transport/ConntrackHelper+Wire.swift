internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

extension ConntrackHelper.Rule {
    /// The rule that a create request carries.
    init(wire: Wire.ConntrackHelper) {
        self.init(transport: wire.protocol, port: Int(wire.port), helper: wire.helper)
    }

    /// The rule as a router shows it.
    var wire: Wire.ConntrackHelperInfo {
        .with {
            $0.protocol = transport
            $0.port = Int32(port)
            $0.helper = helper
        }
    }
}

extension ConntrackHelperChange {
    /// The change that an update request carries.
    init(wire request: L3_Router_V1_UpdateConntrackHelperRequest) throws(RouterError) {
        self.init()
        let wire = request.conntrackHelper
        for path in request.updateMask.paths {
            switch path {
            case "protocol": transport = wire.protocol
            case "port": port = Int(wire.port)
            case "helper": helper = wire.helper
            default: throw .invalidInput("\(path) cannot be changed")
            }
        }
    }
}

extension ConntrackHelper {
    /// The helper as it travels.
    var wire: Wire.ConntrackHelper {
        .with {
            $0.id = id.description
            $0.routerID = routerID.description
            $0.protocol = rule.transport
            $0.port = Int32(rule.port)
            $0.helper = rule.helper
        }
    }
}
