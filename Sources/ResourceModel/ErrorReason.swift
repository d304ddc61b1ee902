/// Every fact that a service can refuse with, in the words of the `reason` of `google.rpc.ErrorInfo` (AIP-193).
///
/// The gateway has Neutron's exception name for each. Source: `error types` of the Networking API v2.0.
public enum ErrorReason: String, Hashable, Sendable, CaseIterable {
    case networkNotFound = "NETWORK_NOT_FOUND"
    case subnetNotFound = "SUBNET_NOT_FOUND"
    case portNotFound = "PORT_NOT_FOUND"
    case routerNotFound = "ROUTER_NOT_FOUND"
    case floatingIPNotFound = "FLOATING_IP_NOT_FOUND"
    case portForwardingNotFound = "PORT_FORWARDING_NOT_FOUND"
    case conntrackHelperNotFound = "CONNTRACK_HELPER_NOT_FOUND"
    case ndpProxyNotFound = "NDP_PROXY_NOT_FOUND"
    case subnetPoolNotFound = "SUBNET_POOL_NOT_FOUND"
    case addressScopeNotFound = "ADDRESS_SCOPE_NOT_FOUND"
    case securityGroupNotFound = "SECURITY_GROUP_NOT_FOUND"
    case securityGroupRuleNotFound = "SECURITY_GROUP_RULE_NOT_FOUND"
    case rbacPolicyNotFound = "RBAC_POLICY_NOT_FOUND"
    case agentNotFound = "AGENT_NOT_FOUND"
    case availabilityZoneNotFound = "AVAILABILITY_ZONE_NOT_FOUND"
    case tagNotFound = "TAG_NOT_FOUND"
    case quotaNotFound = "QUOTA_NOT_FOUND"
    case flavorNotFound = "FLAVOR_NOT_FOUND"
    case qosPolicyNotFound = "QOS_POLICY_NOT_FOUND"
    case segmentNotFound = "SEGMENT_NOT_FOUND"
    case routerInterfaceNotFound = "ROUTER_INTERFACE_NOT_FOUND"
    case routerInterfaceNotFoundForSubnet = "ROUTER_INTERFACE_NOT_FOUND_FOR_SUBNET"
    case externalGatewayForFloatingIPNotFound = "EXTERNAL_GATEWAY_FOR_FLOATING_IP_NOT_FOUND"
    case invalidL3Agent = "INVALID_L3_AGENT"
    case markerNotFound = "MARKER_NOT_FOUND"

    case routerInUse = "ROUTER_IN_USE"
    case routerInterfaceInUseByFloatingIP = "ROUTER_INTERFACE_IN_USE_BY_FLOATING_IP"
    case routerInterfaceInUseByRoute = "ROUTER_INTERFACE_IN_USE_BY_ROUTE"
    case routerInterfaceInUseByNDPProxy = "ROUTER_INTERFACE_IN_USE_BY_NDP_PROXY"
    case routerExternalGatewayInUseByFloatingIP = "ROUTER_EXTERNAL_GATEWAY_IN_USE_BY_FLOATING_IP"
    case routerGatewayInUseByNDPProxy = "ROUTER_GATEWAY_IN_USE_BY_NDP_PROXY"
    case routerGatewayNotValid = "ROUTER_GATEWAY_NOT_VALID"
    case routerHostedByL3Agent = "ROUTER_HOSTED_BY_L3_AGENT"
    case floatingIPPortAlreadyAssociated = "FLOATING_IP_PORT_ALREADY_ASSOCIATED"
    case floatingIPAssociatedByOther = "FLOATING_IP_ASSOCIATED_BY_OTHER"
    case floatingIPInUseByPortForwarding = "FLOATING_IP_IN_USE_BY_PORT_FORWARDING"
    case portHasBindingFloatingIP = "PORT_HAS_BINDING_FLOATING_IP"
    case portInUse = "PORT_IN_USE"
    case servicePortInUse = "SERVICE_PORT_IN_USE"
    case subnetInUse = "SUBNET_IN_USE"
    case networkInUse = "NETWORK_IN_USE"
    case externalNetworkInUse = "EXTERNAL_NETWORK_IN_USE"
    case flatNetworkInUse = "FLAT_NETWORK_IN_USE"
    case macAddressInUse = "MAC_ADDRESS_IN_USE"
    case gatewayIPInUse = "GATEWAY_IP_IN_USE"
    case gatewayConflictWithAllocationPools = "GATEWAY_CONFLICT_WITH_ALLOCATION_POOLS"
    case overlappingAllocationPools = "OVERLAPPING_ALLOCATION_POOLS"
    case ipAddressAlreadyAllocated = "IP_ADDRESS_ALREADY_ALLOCATED"
    case ipAddressGenerationFailure = "IP_ADDRESS_GENERATION_FAILURE"
    case deviceIDNotOwnedByProject = "DEVICE_ID_NOT_OWNED_BY_PROJECT"
    case addressScopeInUse = "ADDRESS_SCOPE_IN_USE"
    case rbacPolicyInUse = "RBAC_POLICY_IN_USE"
    case duplicateRBACPolicy = "DUPLICATE_RBAC_POLICY"
    case securityGroupInUse = "SECURITY_GROUP_IN_USE"
    case securityGroupRuleExists = "SECURITY_GROUP_RULE_EXISTS"
    case addressScopePrefixConflict = "ADDRESS_SCOPE_PREFIX_CONFLICT"
    case subnetAllocationFailure = "SUBNET_ALLOCATION_FAILURE"
    case securityGroupCannotUpdateDefault = "SECURITY_GROUP_CANNOT_UPDATE_DEFAULT"
    case securityGroupCannotRemoveDefault = "SECURITY_GROUP_CANNOT_REMOVE_DEFAULT"
    case securityGroupDefaultAlreadyExists = "SECURITY_GROUP_DEFAULT_ALREADY_EXISTS"
    case portSecurityRequiredForSecurityGroups = "PORT_SECURITY_REQUIRED_FOR_SECURITY_GROUPS"
    case portSecurityPortHasSecurityGroup = "PORT_SECURITY_PORT_HAS_SECURITY_GROUP"
    case addressPairAndPortSecurityRequired = "ADDRESS_PAIR_AND_PORT_SECURITY_REQUIRED"
    case invalidSharedSetting = "INVALID_SHARED_SETTING"
    case unableToMatchGateways = "UNABLE_TO_MATCH_GATEWAYS"
    case portUnreachableRouter = "PORT_UNREACHABLE_ROUTER"
    case routerNDPProxyNotEnable = "ROUTER_NDP_PROXY_NOT_ENABLE"
    case addressScopeConflict = "ADDRESS_SCOPE_CONFLICT"
    case conflict = "CONFLICT"
    case overQuota = "OVER_QUOTA"
    case subnetPoolQuotaExceeded = "SUBNET_POOL_QUOTA_EXCEEDED"

    case invalidRoutes = "INVALID_ROUTES"
    case subnetMismatchForPort = "SUBNET_MISMATCH_FOR_PORT"
    case invalidIPForNetwork = "INVALID_IP_FOR_NETWORK"
    case invalidIPForSubnet = "INVALID_IP_FOR_SUBNET"
    case externalIPAddressExhausted = "EXTERNAL_IP_ADDRESS_EXHAUSTED"
    case invalidAllocationPool = "INVALID_ALLOCATION_POOL"
    case outOfBoundsAllocationPool = "OUT_OF_BOUNDS_ALLOCATION_POOL"
    case dnsNameServersExhausted = "DNS_NAME_SERVERS_EXHAUSTED"
    case hostRoutesExhausted = "HOST_ROUTES_EXHAUSTED"
    case addressScopeUpdateError = "ADDRESS_SCOPE_UPDATE_ERROR"
    case emptySubnetPoolPrefixList = "EMPTY_SUBNET_POOL_PREFIX_LIST"
    case prefixVersionMismatch = "PREFIX_VERSION_MISMATCH"
    case illegalSubnetPoolPrefixBounds = "ILLEGAL_SUBNET_POOL_PREFIX_BOUNDS"
    case illegalSubnetPoolPrefixUpdate = "ILLEGAL_SUBNET_POOL_PREFIX_UPDATE"
    case illegalSubnetPoolIPVersionAssociation = "ILLEGAL_SUBNET_POOL_IP_VERSION_ASSOCIATION"
    case illegalSubnetPoolAssociation = "ILLEGAL_SUBNET_POOL_ASSOCIATION"
    case subnetPoolInUse = "SUBNET_POOL_IN_USE"
    case minPrefixSubnetAllocation = "MIN_PREFIX_SUBNET_ALLOCATION"
    case maxPrefixSubnetAllocation = "MAX_PREFIX_SUBNET_ALLOCATION"
    case networkSubnetPoolAffinity = "NETWORK_SUBNET_POOL_AFFINITY"
    case networkAddressScopeAffinity = "NETWORK_ADDRESS_SCOPE_AFFINITY"
    case securityGroupInvalidPortRange = "SECURITY_GROUP_INVALID_PORT_RANGE"
    case securityGroupInvalidICMPValue = "SECURITY_GROUP_INVALID_ICMP_VALUE"
    case securityGroupMissingICMPType = "SECURITY_GROUP_MISSING_ICMP_TYPE"
    case securityGroupInvalidProtocol = "SECURITY_GROUP_INVALID_PROTOCOL"
    case securityGroupRuleParameterConflict = "SECURITY_GROUP_RULE_PARAMETER_CONFLICT"
    case securityGroupMultipleRemotes = "SECURITY_GROUP_MULTIPLE_REMOTES"
    case invalidActionForType = "INVALID_ACTION_FOR_TYPE"
    case invalidSubnetServiceType = "INVALID_SUBNET_SERVICE_TYPE"
    case conntrackHelperNotAllowed = "CONNTRACK_HELPER_NOT_ALLOWED"
    case invalidProtocolForHelper = "INVALID_PROTOCOL_FOR_HELPER"
    case invalidAddress = "INVALID_ADDRESS"
    case invalidInput = "INVALID_INPUT"
    case badRequest = "BAD_REQUEST"

    case notAuthorized = "NOT_AUTHORIZED"
    case revisionMismatch = "REVISION_MISMATCH"
    case serviceUnavailable = "SERVICE_UNAVAILABLE"

    /// The family, hence the gRPC code.
    public var family: ErrorFamily {
        switch self {
        case .networkNotFound, .subnetNotFound, .portNotFound, .routerNotFound, .floatingIPNotFound,
            .portForwardingNotFound, .conntrackHelperNotFound, .ndpProxyNotFound, .subnetPoolNotFound,
            .addressScopeNotFound, .securityGroupNotFound, .securityGroupRuleNotFound, .rbacPolicyNotFound,
            .agentNotFound, .availabilityZoneNotFound, .tagNotFound, .quotaNotFound, .flavorNotFound,
            .qosPolicyNotFound, .segmentNotFound, .routerInterfaceNotFound, .routerInterfaceNotFoundForSubnet,
            .externalGatewayForFloatingIPNotFound, .invalidL3Agent, .markerNotFound:
            .notFound
        case .routerInUse, .routerInterfaceInUseByFloatingIP, .routerInterfaceInUseByRoute,
            .routerInterfaceInUseByNDPProxy, .routerExternalGatewayInUseByFloatingIP, .routerGatewayInUseByNDPProxy,
            .routerGatewayNotValid, .routerHostedByL3Agent, .floatingIPPortAlreadyAssociated,
            .floatingIPAssociatedByOther,
            .floatingIPInUseByPortForwarding, .portHasBindingFloatingIP, .portInUse, .servicePortInUse, .subnetInUse,
            .networkInUse, .externalNetworkInUse, .flatNetworkInUse, .macAddressInUse, .gatewayIPInUse,
            .gatewayConflictWithAllocationPools, .overlappingAllocationPools, .ipAddressAlreadyAllocated,
            .deviceIDNotOwnedByProject, .addressScopeInUse, .rbacPolicyInUse, .duplicateRBACPolicy,
            .securityGroupInUse, .securityGroupRuleExists,
            .addressScopePrefixConflict,
            .subnetAllocationFailure,
            .securityGroupCannotUpdateDefault,
            .securityGroupCannotRemoveDefault,
            .securityGroupDefaultAlreadyExists,
            .portSecurityRequiredForSecurityGroups,
            .portSecurityPortHasSecurityGroup,
            .addressPairAndPortSecurityRequired,
            .invalidSharedSetting,
            .unableToMatchGateways, .portUnreachableRouter, .routerNDPProxyNotEnable, .addressScopeConflict, .conflict:
            .conflict
        case .overQuota, .ipAddressGenerationFailure, .subnetPoolQuotaExceeded:
            .exhausted
        case .invalidRoutes, .subnetMismatchForPort, .invalidIPForNetwork, .invalidIPForSubnet,
            .externalIPAddressExhausted, .invalidAllocationPool, .outOfBoundsAllocationPool,
            .dnsNameServersExhausted, .hostRoutesExhausted,
            .addressScopeUpdateError,
            .emptySubnetPoolPrefixList,
            .prefixVersionMismatch,
            .illegalSubnetPoolPrefixBounds,
            .illegalSubnetPoolPrefixUpdate,
            .illegalSubnetPoolIPVersionAssociation,
            .illegalSubnetPoolAssociation,
            .subnetPoolInUse,
            .minPrefixSubnetAllocation,
            .maxPrefixSubnetAllocation,
            .networkSubnetPoolAffinity,
            .networkAddressScopeAffinity,
            .securityGroupInvalidPortRange,
            .securityGroupInvalidICMPValue,
            .securityGroupMissingICMPType,
            .securityGroupInvalidProtocol,
            .securityGroupRuleParameterConflict,
            .securityGroupMultipleRemotes,
            .invalidActionForType,
            .invalidSubnetServiceType,
            .conntrackHelperNotAllowed, .invalidProtocolForHelper, .invalidAddress, .invalidInput, .badRequest:
            .invalid
        case .notAuthorized:
            .forbidden
        case .revisionMismatch:
            .stale
        case .serviceUnavailable:
            .unavailable
        }
    }
}
