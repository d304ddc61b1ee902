internal import ResourceModel

/// Neutron's name for a fact, and the HTTP status that goes with it.
struct NeutronType: Hashable, Sendable {
    var name: String
    var status: Int
}

extension ErrorReason {
    /// How the fact is told to a client.
    ///
    /// Source: the error types of the Networking API v2.0.
    ///
    /// A marker that does not exist, and an act that is not the caller's to do, are told in the words of the resource
    /// that was asked for; see `Fault(_:asking:)`.
    var neutronType: NeutronType {
        NeutronType(name: neutronName, status: neutronStatus)
    }

    private var neutronStatus: Int {
        switch family {
        case .invalid: 400
        case .forbidden: 403
        case .notFound: 404
        case .conflict, .exhausted: 409
        case .stale: 412
        case .unavailable: 503
        }
    }

    /// One line for each fact and no default, so that a new one does not go untold.
    private var neutronName: String {
        switch self {
        case .networkNotFound: "NetworkNotFound"
        case .subnetNotFound: "SubnetNotFound"
        case .portNotFound: "PortNotFound"
        case .routerNotFound: "RouterNotFound"
        case .floatingIPNotFound: "FloatingIPNotFound"
        case .portForwardingNotFound: "PortForwardingNotFound"
        case .conntrackHelperNotFound: "ConntrackHelperNotFound"
        case .ndpProxyNotFound: "NDPProxyNotFound"
        case .subnetPoolNotFound: "SubnetPoolNotFound"
        case .addressScopeNotFound: "AddressScopeNotFound"
        case .securityGroupNotFound: "SecurityGroupNotFound"
        case .securityGroupRuleNotFound: "SecurityGroupRuleNotFound"
        case .rbacPolicyNotFound: "RbacPolicyNotFound"
        case .agentNotFound: "AgentNotFound"
        case .availabilityZoneNotFound: "AvailabilityZoneNotFound"
        case .tagNotFound: "TagNotFound"
        case .quotaNotFound: "TenantQuotaNotFound"
        case .flavorNotFound: "FlavorNotFound"
        case .qosPolicyNotFound: "QosPolicyNotFound"
        case .segmentNotFound: "SegmentNotFound"
        case .routerInterfaceNotFound: "RouterInterfaceNotFound"
        case .routerInterfaceNotFoundForSubnet: "RouterInterfaceNotFoundForSubnet"
        case .externalGatewayForFloatingIPNotFound: "ExternalGatewayForFloatingIPNotFound"
        case .invalidL3Agent: "InvalidL3Agent"
        case .routerInUse: "RouterInUse"
        case .routerInterfaceInUseByFloatingIP: "RouterInterfaceInUseByFloatingIP"
        case .routerInterfaceInUseByRoute: "RouterInterfaceInUseByRoute"
        case .routerInterfaceInUseByNDPProxy: "RouterInterfaceInUseByNDPProxy"
        case .routerExternalGatewayInUseByFloatingIP: "RouterExternalGatewayInUseByFloatingIp"
        case .routerGatewayInUseByNDPProxy: "RouterGatewayInUseByNDPProxy"
        case .routerGatewayNotValid: "RouterGatewayNotValid"
        case .routerHostedByL3Agent: "RouterHostedByL3Agent"
        case .floatingIPPortAlreadyAssociated: "FloatingIPPortAlreadyAssociated"
        case .floatingIPAssociatedByOther: "FipAssociated"
        case .floatingIPInUseByPortForwarding: "FipInUseByPortForwarding"
        case .portHasBindingFloatingIP: "PortHasBindingFloatingIP"
        case .portInUse: "PortInUse"
        case .servicePortInUse: "ServicePortInUse"
        case .subnetInUse: "SubnetInUse"
        case .networkInUse: "NetworkInUse"
        case .externalNetworkInUse: "ExternalNetworkInUse"
        case .flatNetworkInUse: "FlatNetworkInUse"
        case .macAddressInUse: "MacAddressInUse"
        case .gatewayIPInUse: "GatewayIpInUse"
        case .gatewayConflictWithAllocationPools: "GatewayConflictWithAllocationPools"
        case .overlappingAllocationPools: "OverlappingAllocationPools"
        case .ipAddressAlreadyAllocated: "IpAddressAlreadyAllocated"
        case .ipAddressGenerationFailure: "IpAddressGenerationFailure"
        case .deviceIDNotOwnedByProject: "DeviceIDNotOwnedByTenant"
        case .addressScopeInUse: "AddressScopeInUse"
        case .rbacPolicyInUse: "RbacPolicyInUse"
        case .duplicateRBACPolicy: "DuplicateRbacPolicy"
        case .securityGroupInUse: "SecurityGroupInUse"
        case .securityGroupRuleExists: "SecurityGroupRuleExists"
        case .addressScopePrefixConflict: "AddressScopePrefixConflict"
        case .subnetAllocationFailure: "SubnetAllocationError"
        case .securityGroupCannotUpdateDefault: "SecurityGroupCannotUpdateDefault"
        case .securityGroupCannotRemoveDefault: "SecurityGroupCannotRemoveDefault"
        case .securityGroupDefaultAlreadyExists: "SecurityGroupDefaultAlreadyExists"
        case .portSecurityRequiredForSecurityGroups: "PortSecurityAndIPRequiredForSecurityGroups"
        case .portSecurityPortHasSecurityGroup: "PortSecurityPortHasSecurityGroup"
        case .addressPairAndPortSecurityRequired: "AddressPairAndPortSecurityRequired"
        case .invalidSharedSetting: "InvalidSharedSetting"
        case .unableToMatchGateways: "UnableToMatchGateways"
        case .portUnreachableRouter: "PortUnreachableRouter"
        case .routerNDPProxyNotEnable: "RouterNDPProxyNotEnable"
        case .addressScopeConflict: "AddressScopeConflict"
        case .overQuota: "OverQuota"
        case .subnetPoolQuotaExceeded: "SubnetPoolQuotaExceeded"
        case .invalidRoutes: "InvalidRoutes"
        case .subnetMismatchForPort: "SubnetMismatchForPort"
        case .invalidIPForNetwork: "InvalidIpForNetwork"
        case .invalidIPForSubnet: "InvalidIpForSubnet"
        case .externalIPAddressExhausted: "ExternalIpAddressExhausted"
        case .invalidAllocationPool: "InvalidAllocationPool"
        case .outOfBoundsAllocationPool: "OutOfBoundsAllocationPool"
        case .dnsNameServersExhausted: "DNSNameServersExhausted"
        case .hostRoutesExhausted: "HostRoutesExhausted"
        case .addressScopeUpdateError: "AddressScopeUpdateError"
        case .emptySubnetPoolPrefixList: "EmptySubnetPoolPrefixList"
        case .prefixVersionMismatch: "PrefixVersionMismatch"
        case .illegalSubnetPoolPrefixBounds: "IllegalSubnetPoolPrefixBounds"
        case .illegalSubnetPoolPrefixUpdate: "IllegalSubnetPoolPrefixUpdate"
        case .illegalSubnetPoolIPVersionAssociation: "IllegalSubnetPoolIpVersionAssociationToAddressScope"
        case .illegalSubnetPoolAssociation: "IllegalSubnetPoolAssociationToAddressScope"
        case .subnetPoolInUse: "SubnetPoolDeleteError"
        case .minPrefixSubnetAllocation: "MinPrefixSubnetAllocationError"
        case .maxPrefixSubnetAllocation: "MaxPrefixSubnetAllocationError"
        case .networkSubnetPoolAffinity: "NetworkSubnetPoolAffinityError"
        case .networkAddressScopeAffinity: "NetworkAddressScopeAffinityError"
        case .securityGroupInvalidPortRange: "SecurityGroupInvalidPortRange"
        case .securityGroupInvalidICMPValue: "SecurityGroupInvalidIcmpValue"
        case .securityGroupMissingICMPType: "SecurityGroupMissingIcmpType"
        case .securityGroupInvalidProtocol: "SecurityGroupRuleInvalidProtocol"
        case .securityGroupRuleParameterConflict: "SecurityGroupRuleParameterConflict"
        case .securityGroupMultipleRemotes: "SecurityGroupRemoteGroupAndRemoteIpPrefix"
        case .invalidActionForType: "InvalidActionForType"
        case .invalidSubnetServiceType: "InvalidSubnetServiceType"
        case .conntrackHelperNotAllowed: "ConntrackHelperNotAllowed"
        case .invalidProtocolForHelper: "InvalidProtocolForHelper"
        case .invalidAddress: "InvalidAddress"
        case .invalidInput: "InvalidInput"
        case .markerNotFound: "HTTPNotFound"
        case .conflict: "Conflict"
        case .badRequest: "BadRequest"
        case .notAuthorized: "PolicyNotAuthorized"
        case .revisionMismatch: "RevisionNumberConstraintFailed"
        case .serviceUnavailable: "ServiceUnavailable"
        }
    }
}
