internal import Addressing
internal import ResourceModel

/// Every reason for which NetworkService refuses a request.
///
/// Ids stand as the caller wrote them: what is no UUID names nothing, so it is not found.
enum NetworkError: DomainError, Hashable {
    case networkNotFound(String)
    case subnetNotFound(String)
    case portNotFound(String)
    case subnetPoolNotFound(String)
    case markerNotFound(String)
    case quotaNotFound(projectID: String)

    case networkInUse(NetworkID)
    case externalNetworkInUse(NetworkID)
    case flatNetworkInUse(physicalNetwork: String)
    case subnetInUse(SubnetID)
    case portInUse(PortID, deviceID: String)
    case servicePortInUse(PortID, deviceOwner: String)
    case macAddressInUse(MACAddress?, NetworkID)
    case gatewayIPInUse(IPAddress, portID: PortID)
    case gatewayConflictWithAllocationPools(IPAddress, pool: AddressRange)
    case overlappingAllocationPools(AddressRange, AddressRange)
    case ipAddressAlreadyAllocated(IPAddress, NetworkID)
    case ipAddressGenerationFailure(NetworkID)
    case conflict(String)
    /// A network of this type, on this physical network, has the id.
    case segmentTaken(Segment)
    case overQuota(kind: String, projectID: String)

    case invalidIPForNetwork(IPAddress, NetworkID)
    case invalidIPForSubnet(IPAddress, SubnetID)
    case invalidAllocationPool(String)
    case outOfBoundsAllocationPool(AddressRange, CIDR)
    case dnsNameServersExhausted(limit: Int)
    case hostRoutesExhausted(limit: Int)
    case invalidInput(String)
    case badRequest(String)

    case notAuthorized(String)
    case revisionMismatch(wanted: Revision, present: Revision)
    /// The database, or a program that must be asked, cannot be reached.
    case unavailable(String)
    /// Another program refused, and its refusal is the answer.
    case refused(reason: ErrorReason, message: String, metadata: [String: String])
}
