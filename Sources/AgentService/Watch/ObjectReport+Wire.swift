internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

extension Wire {
    typealias ObjectStatus = L3_Agent_V1_ObjectStatus
}

extension ObjectReport {
    var wire: Wire.ObjectStatus {
        Wire.ObjectStatus.with {
            $0.id = id.description
            $0.appliedRevisionNumber = revision
            switch state {
            case .active: $0.state = .active
            case .removed: $0.state = .removed
            case .failed(let reason):
                $0.state = .failed
                $0.reason = reason
            }
        }
    }
}
