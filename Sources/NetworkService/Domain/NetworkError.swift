internal import Addressing
internal import ResourceModel

/// Every reason for which NetworkService refuses a request.
///
/// Ids stand as the caller wrote them: what is no UUID names nothing, so it is not found.
enum NetworkError: DomainError, Hashable {
    case networkNotFound(String)
    case subnetNotFound(String)
    /// There are none.
    case qosPolicyNotFound(String)
    /// There are none.
    case segmentNotFound(String)
    case portNotFound(String)
    case subnetPoolNotFound(String)
    case addressScopeNotFound(String)
    case rbacPolicyNotFound(String)
    case securityGroupNotFound(String)
    case securityGroupRuleNotFound(String)
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
    case addressScopeInUse(AddressScopeID)
    /// The prefix is in another pool of the scope.
    case addressScopePrefixConflict(AddressScopeID, CIDR)
    case subnetAllocationFailure(String)
    case subnetPoolQuotaExceeded(SubnetPoolID)
    case rbacPolicyInUse(RBACPolicyID)
    case duplicateRBACPolicy(SharedObject)
    case invalidSharedSetting(String)
    case securityGroupInUse(SecurityGroupID)
    /// A rule of the group means the same.
    case securityGroupRuleExists(SecurityGroupRuleID)
    case securityGroupCannotUpdateDefault
    case securityGroupCannotRemoveDefault
    case securityGroupDefaultAlreadyExists
    case portSecurityRequiredForSecurityGroups(PortID)
    case portSecurityPortHasSecurityGroup(PortID)
    case addressPairAndPortSecurityRequired(PortID)
    case deviceIDNotOwnedByProject(String)
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
    case addressScopeUpdateError(AddressScopeID, String)
    case emptySubnetPoolPrefixList
    case prefixVersionMismatch
    case illegalSubnetPoolPrefixBounds(String)
    case illegalSubnetPoolPrefixUpdate(String)
    case illegalSubnetPoolIPVersionAssociation(SubnetPoolID, AddressScopeID, IPVersion)
    case illegalSubnetPoolAssociation(SubnetPoolID, AddressScopeID)
    case subnetPoolInUse(SubnetPoolID)
    case minPrefixSubnetAllocation(Int, shortest: Int)
    case maxPrefixSubnetAllocation(Int, longest: Int)
    case networkSubnetPoolAffinity
    case networkAddressScopeAffinity
    case invalidActionForType(String, String)
    case invalidSubnetServiceType(String)
    case securityGroupInvalidPortRange(String)
    case securityGroupInvalidICMPValue(field: String, value: Int)
    case securityGroupMissingICMPType(code: Int)
    case securityGroupInvalidProtocol(String)
    case securityGroupRuleParameterConflict(String)
    case securityGroupMultipleRemotes
    case invalidInput(String)
    case badRequest(String)

    case notAuthorized(String)
    case revisionMismatch(wanted: Revision, present: Revision)
    /// The database, or a program that must be asked, cannot be reached.
    case unavailable(String)
    /// Another program refused, and its refusal is the answer.
    case refused(reason: ErrorReason, message: String, metadata: [String: String])
}
