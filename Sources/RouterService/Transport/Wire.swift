internal import Contracts
internal import ResourceModel

/// The messages that RouterService speaks, by their bare names.
enum Wire {
    typealias Router = L3_Router_V1_Router
    typealias ExternalGateway = L3_Router_V1_ExternalGateway
    typealias ExternalFixedIP = L3_Router_V1_ExternalFixedIP
    typealias Route = L3_Router_V1_Route
    typealias RouterInterface = L3_Router_V1_RouterInterface
    typealias ConntrackHelper = L3_Router_V1_ConntrackHelper
    typealias ConntrackHelperInfo = L3_Router_V1_ConntrackHelperInfo
    typealias Quota = L3_Query_V1_Quota
    typealias Agent = L3_Agent_V1_Agent
    typealias AvailabilityZone = L3_Agent_V1_AvailabilityZone
    typealias RouterState = L3_Agent_V1_RouterState
    typealias GatewayPort = L3_Agent_V1_GatewayPort
    typealias RouterPort = L3_Agent_V1_RouterPort
    typealias PortAddress = L3_Agent_V1_PortAddress
    typealias RouterEvent = L3_Agent_V1_WatchRoutersResponse
    typealias Position = L3_Agent_V1_Position
    typealias ObjectStatus = L3_Agent_V1_ObjectStatus
    typealias Holder = L3_Reference_V1_Holder
    typealias Reference = L3_Reference_V1_Reference
    typealias Network = L3_Network_V1_Network
    typealias Subnet = L3_Network_V1_Subnet
    typealias Port = L3_Network_V1_Port
    typealias FixedIP = L3_Network_V1_FixedIP
    typealias NetworkEvent = L3_Network_V1_WatchNetworksResponse

    /// An id as it was sent.
    static func id<Kind>(
        _ text: String,
        _ field: String,
        as _: Kind.Type = Kind.self
    ) throws(RouterError) -> ID<Kind> {
        guard let id = ID<Kind>(text) else { throw .badRequest("\(field) '\(text)' is not a UUID") }
        return id
    }

    /// An id as it was sent; nil when the field is empty.
    static func optionalID<Kind>(
        _ text: String,
        _ field: String,
        as _: Kind.Type = Kind.self
    ) throws(RouterError) -> ID<Kind>? {
        text.isEmpty ? nil : try id(text, field)
    }
}
