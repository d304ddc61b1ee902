internal import Contracts
internal import SwiftProtobuf

/// The contracts' messages by their short names.
enum Wire {
    typealias Network = L3_Network_V1_Network
    typealias Subnet = L3_Network_V1_Subnet
    typealias Port = L3_Network_V1_Port
    typealias AddressScope = L3_Network_V1_AddressScope
    typealias SubnetPool = L3_Network_V1_SubnetPool
    typealias NetworkIPAvailability = L3_Network_V1_NetworkIPAvailability
    typealias RBACPolicy = L3_Network_V1_RBACPolicy
    typealias SecurityGroup = L3_Network_V1_SecurityGroup
    typealias SecurityGroupRule = L3_Network_V1_SecurityGroupRule
    typealias FixedIP = L3_Network_V1_FixedIP
    typealias Holder = L3_Reference_V1_Holder
    typealias Reference = L3_Reference_V1_Reference
    typealias WatchEvent = L3_Network_V1_WatchNetworksResponse
    typealias Quota = L3_Query_V1_Quota
    typealias Limit = L3_Query_V1_Limit
}

/// What an update's mask names, each checked off as it is read; what is left over cannot be updated.
struct UpdateMask {
    private var paths: Set<String>

    init(_ mask: Google_Protobuf_FieldMask) {
        paths = Set(mask.paths)
    }

    /// The value when the mask names the field; nil leaves the field as it is.
    mutating func take<Value>(_ path: String, _ value: @autoclosure () throws(NetworkError) -> Value)
        throws(NetworkError) -> Value?
    {
        guard paths.remove(path) != nil else { return nil }
        return try value()
    }

    /// - Throws: `invalidInput` when the mask names a field that does not change.
    func finish() throws(NetworkError) {
        guard let path = paths.min() else { return }
        throw .invalidInput("\(path) cannot be updated")
    }
}

extension Int64 {
    /// A revision that a request expects; 0 is any.
    var expectedRevision: Int64? { self == 0 ? nil : self }
}
