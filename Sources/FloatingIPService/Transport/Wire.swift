internal import Addressing
internal import Contracts
internal import ResourceModel

/// The messages that FloatingIPService speaks, by their bare names.
enum Wire {
    typealias FloatingIP = L3_Floatingip_V1_FloatingIP
    typealias FloatingIPPool = L3_Floatingip_V1_FloatingIPPool
    typealias PortDetails = L3_Floatingip_V1_PortDetails
    typealias PortForwarding = L3_Floatingip_V1_PortForwarding
    typealias PortForwardingInfo = L3_Floatingip_V1_PortForwardingInfo
    typealias NDPProxy = L3_Floatingip_V1_NDPProxy
    typealias NDPProxyState = L3_Agent_V1_NDPProxyState
    typealias Quota = L3_Query_V1_Quota
    typealias AddressState = L3_Agent_V1_AddressState
    typealias ForwardingRule = L3_Agent_V1_ForwardingRule
    typealias AddressEvent = L3_Agent_V1_WatchAddressesResponse
    typealias AddressRequest = L3_Agent_V1_WatchAddressesRequest
    typealias ObjectStatus = L3_Agent_V1_ObjectStatus
    typealias Holder = L3_Reference_V1_Holder
    typealias Reference = L3_Reference_V1_Reference
    typealias Network = L3_Network_V1_Network
    typealias Subnet = L3_Network_V1_Subnet
    typealias Port = L3_Network_V1_Port
    typealias FixedIP = L3_Network_V1_FixedIP

    /// An id as it was sent; one that is none names nothing, so it is not found.
    static func id<Kind>(
        _ text: String,
        or notFound: (String) -> FloatingIPError,
        as _: Kind.Type = Kind.self
    ) throws(FloatingIPError) -> ID<Kind> {
        guard let id = ID<Kind>(text) else { throw notFound(text) }
        return id
    }

    /// An address as it was sent.
    static func address(_ text: String, _ field: String) throws(FloatingIPError) -> IPAddress {
        guard let address = IPAddress(text) else { throw .badRequest("\(field) '\(text)' is not an IP address") }
        return address
    }
}
