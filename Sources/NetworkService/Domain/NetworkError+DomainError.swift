internal import Addressing
internal import ResourceModel

extension NetworkError {
    var reason: ErrorReason {
        switch self {
        case .networkNotFound: .networkNotFound
        case .subnetNotFound: .subnetNotFound
        case .qosPolicyNotFound: .qosPolicyNotFound
        case .segmentNotFound: .segmentNotFound
        case .portNotFound: .portNotFound
        case .subnetPoolNotFound: .subnetPoolNotFound
        case .addressScopeNotFound: .addressScopeNotFound
        case .rbacPolicyNotFound: .rbacPolicyNotFound
        case .securityGroupNotFound: .securityGroupNotFound
        case .securityGroupRuleNotFound: .securityGroupRuleNotFound
        case .markerNotFound: .markerNotFound
        case .quotaNotFound: .quotaNotFound
        case .networkInUse: .networkInUse
        case .externalNetworkInUse: .externalNetworkInUse
        case .flatNetworkInUse: .flatNetworkInUse
        case .subnetInUse: .subnetInUse
        case .portInUse: .portInUse
        case .servicePortInUse: .servicePortInUse
        case .macAddressInUse: .macAddressInUse
        case .gatewayIPInUse: .gatewayIPInUse
        case .gatewayConflictWithAllocationPools: .gatewayConflictWithAllocationPools
        case .overlappingAllocationPools: .overlappingAllocationPools
        case .ipAddressAlreadyAllocated: .ipAddressAlreadyAllocated
        case .ipAddressGenerationFailure: .ipAddressGenerationFailure
        case .addressScopeInUse: .addressScopeInUse
        case .addressScopePrefixConflict: .addressScopePrefixConflict
        case .subnetAllocationFailure: .subnetAllocationFailure
        case .subnetPoolQuotaExceeded: .subnetPoolQuotaExceeded
        case .rbacPolicyInUse: .rbacPolicyInUse
        case .duplicateRBACPolicy: .duplicateRBACPolicy
        case .invalidSharedSetting: .invalidSharedSetting
        case .securityGroupInUse: .securityGroupInUse
        case .securityGroupRuleExists: .securityGroupRuleExists
        case .securityGroupCannotUpdateDefault: .securityGroupCannotUpdateDefault
        case .securityGroupCannotRemoveDefault: .securityGroupCannotRemoveDefault
        case .securityGroupDefaultAlreadyExists: .securityGroupDefaultAlreadyExists
        case .portSecurityRequiredForSecurityGroups: .portSecurityRequiredForSecurityGroups
        case .portSecurityPortHasSecurityGroup: .portSecurityPortHasSecurityGroup
        case .addressPairAndPortSecurityRequired: .addressPairAndPortSecurityRequired
        case .deviceIDNotOwnedByProject: .deviceIDNotOwnedByProject
        case .conflict, .segmentTaken: .conflict
        case .overQuota: .overQuota
        case .invalidIPForNetwork: .invalidIPForNetwork
        case .invalidIPForSubnet: .invalidIPForSubnet
        case .invalidAllocationPool: .invalidAllocationPool
        case .outOfBoundsAllocationPool: .outOfBoundsAllocationPool
        case .dnsNameServersExhausted: .dnsNameServersExhausted
        case .hostRoutesExhausted: .hostRoutesExhausted
        case .addressScopeUpdateError: .addressScopeUpdateError
        case .emptySubnetPoolPrefixList: .emptySubnetPoolPrefixList
        case .prefixVersionMismatch: .prefixVersionMismatch
        case .illegalSubnetPoolPrefixBounds: .illegalSubnetPoolPrefixBounds
        case .illegalSubnetPoolPrefixUpdate: .illegalSubnetPoolPrefixUpdate
        case .illegalSubnetPoolIPVersionAssociation: .illegalSubnetPoolIPVersionAssociation
        case .illegalSubnetPoolAssociation: .illegalSubnetPoolAssociation
        case .subnetPoolInUse: .subnetPoolInUse
        case .minPrefixSubnetAllocation: .minPrefixSubnetAllocation
        case .maxPrefixSubnetAllocation: .maxPrefixSubnetAllocation
        case .networkSubnetPoolAffinity: .networkSubnetPoolAffinity
        case .networkAddressScopeAffinity: .networkAddressScopeAffinity
        case .invalidActionForType: .invalidActionForType
        case .invalidSubnetServiceType: .invalidSubnetServiceType
        case .securityGroupInvalidPortRange: .securityGroupInvalidPortRange
        case .securityGroupInvalidICMPValue: .securityGroupInvalidICMPValue
        case .securityGroupMissingICMPType: .securityGroupMissingICMPType
        case .securityGroupInvalidProtocol: .securityGroupInvalidProtocol
        case .securityGroupRuleParameterConflict: .securityGroupRuleParameterConflict
        case .securityGroupMultipleRemotes: .securityGroupMultipleRemotes
        case .invalidInput: .invalidInput
        case .badRequest: .badRequest
        case .notAuthorized: .notAuthorized
        case .revisionMismatch: .revisionMismatch
        case .unavailable: .serviceUnavailable
        case .refused(let reason, _, _): reason
        }
    }

    var message: String {
        switch self {
        case .networkNotFound(let id): "network \(id) could not be found"
        case .subnetNotFound(let id): "subnet \(id) could not be found"
        case .qosPolicyNotFound(let id): "QoS policy \(id) could not be found"
        case .segmentNotFound(let id): "segment \(id) could not be found"
        case .portNotFound(let id): "port \(id) could not be found"
        case .subnetPoolNotFound(let id): "subnet pool \(id) could not be found"
        case .addressScopeNotFound(let id): "address scope \(id) could not be found"
        case .rbacPolicyNotFound(let id): "RBAC policy \(id) could not be found"
        case .addressScopeInUse(let id): "address scope \(id) is in use: subnet pools are in it"
        case .addressScopePrefixConflict(let id, let prefix):
            "a prefix overlaps \(prefix) of another subnet pool in address scope \(id)"
        case .subnetPoolQuotaExceeded(let id): "the project's quota of subnet pool \(id) is exceeded"
        case .rbacPolicyInUse(let id): "RBAC policy \(id) is in use: a project uses what it shares"
        case .duplicateRBACPolicy(let object):
            "\(object.kind.rawValue) \(object.idText) has such an RBAC policy already"
        case .invalidSharedSetting(let id): "the sharing of \(id) cannot end: other projects are using it"
        case .addressScopeUpdateError(let id, let reason): "address scope \(id) cannot be updated: \(reason)"
        case .emptySubnetPoolPrefixList: "a subnet pool needs at least one prefix"
        case .prefixVersionMismatch: "the prefixes of a subnet pool are of one IP version"
        case .illegalSubnetPoolIPVersionAssociation(let pool, let scope, let version):
            "subnet pool \(pool) cannot be in address scope \(scope), which is for IPv\(version.rawValue)"
        case .illegalSubnetPoolAssociation(let pool, let scope):
            "subnet pool \(pool) cannot be in address scope \(scope), which another project owns"
        case .subnetPoolInUse(let id): "subnet pool \(id) cannot be deleted: subnets are of it"
        case .minPrefixSubnetAllocation(let length, let shortest):
            "the prefix length \(length) is below the least of the subnet pool, \(shortest)"
        case .maxPrefixSubnetAllocation(let length, let longest):
            "the prefix length \(length) is above the greatest of the subnet pool, \(longest)"
        case .networkSubnetPoolAffinity: "subnets of one network and IP version must be of the same subnet pool"
        case .networkAddressScopeAffinity:
            "subnets of one network and IP version must be of subnet pools in the same address scope"
        case .invalidActionForType(let action, let type): "\"\(action)\" is no action for objects of type \"\(type)\""
        case .invalidSubnetServiceType(let type):
            "\"\(type)\" is not a service type: it begins with network:, compute: or neutron:"
        case .securityGroupNotFound(let id): "security group \(id) does not exist"
        case .securityGroupRuleNotFound(let id): "security group rule \(id) does not exist"
        case .markerNotFound(let id): "no object \(id) to continue the list at"
        case .quotaNotFound(let projectID): "project \(projectID) has no limits of its own"
        case .networkInUse(let id):
            // Clients look for this sentence, with its capital.
            "unable to complete operation on network \(id). There are one or more ports still in use on the network"
        case .externalNetworkInUse(let id):
            "external network \(id) cannot be made internal, since it has existing gateway ports"
        case .flatNetworkInUse(let physicalNetwork):
            "physical network \(physicalNetwork) is in use by another flat network"
        case .subnetInUse(let id): "one or more ports have an IP allocation from subnet \(id)"
        case .portInUse(let id, let deviceID): "port \(id) is in use by device \(deviceID)"
        case .servicePortInUse(let id, let owner): "port \(id) cannot be deleted directly: it has device owner \(owner)"
        case .macAddressInUse(let address, let network):
            "the mac address \(address?.description ?? "wanted") is in use on network \(network)"
        case .gatewayIPInUse(let address, let port): "gateway ip \(address) is in use by port \(port)"
        case .gatewayConflictWithAllocationPools(let address, let pool):
            "gateway ip \(address) conflicts with allocation pool \(pool)"
        case .overlappingAllocationPools(let first, let second):
            "found overlapping allocation pools: \(first), \(second)"
        case .ipAddressAlreadyAllocated(let address, let network):
            "IP address \(address) is already allocated on network \(network)"
        case .ipAddressGenerationFailure(let network): "no more IP addresses available on network \(network)"
        case .segmentTaken(let segment):
            "segmentation id \(segment.segmentationID ?? 0) is in use by another \(segment.type.rawValue) network"
        case .deviceIDNotOwnedByProject(let id): "the device \(id) is a router of another project"
        case .securityGroupInUse(let id): "security group \(id) is in use"
        case .securityGroupRuleExists(let id): "security group rule already exists: rule \(id) says the same"
        case .securityGroupCannotUpdateDefault: "the default security group keeps its name"
        case .securityGroupCannotRemoveDefault: "the default security group cannot be removed"
        case .securityGroupDefaultAlreadyExists: "the default security group exists already, and no other has its name"
        case .portSecurityRequiredForSecurityGroups(let id):
            "port security must be enabled for port \(id) to have security groups"
        case .portSecurityPortHasSecurityGroup(let id):
            "port \(id) has security groups: they must go before its port security is disabled"
        case .addressPairAndPortSecurityRequired(let id):
            "port security must be enabled for port \(id) to have allowed address pairs"
        case .securityGroupInvalidICMPValue(let field, let value): "ICMP \(field) \(value) is not in 0…255"
        case .securityGroupMissingICMPType(let code): "ICMP code \(code) (port_range_max) needs a type (port_range_min)"
        case .securityGroupInvalidProtocol(let text): "security group rule protocol \(text) is not known"
        case .securityGroupMultipleRemotes: "only one of remote_ip_prefix and remote_group_id may be given"
        case .overQuota(let kind, let projectID): "quota exceeded for \(kind) of project \(projectID)"
        case .invalidIPForNetwork(let address, let network):
            "IP address \(address) is not a valid IP for any subnet of network \(network)"
        case .invalidIPForSubnet(let address, let subnet):
            "IP address \(address) is not a valid IP for subnet \(subnet)"
        case .invalidAllocationPool(let pool): "the allocation pool \(pool) is not valid"
        case .outOfBoundsAllocationPool(let pool, let prefix):
            "the allocation pool \(pool) spans beyond the subnet cidr \(prefix)"
        case .dnsNameServersExhausted(let limit): "more than \(limit) DNS name servers"
        case .hostRoutesExhausted(let limit): "more than \(limit) host routes"
        case .conflict(let text), .invalidInput(let text), .badRequest(let text), .notAuthorized(let text),
            .unavailable(let text), .refused(_, let text, _), .securityGroupInvalidPortRange(let text),
            .securityGroupRuleParameterConflict(let text), .subnetAllocationFailure(let text),
            .illegalSubnetPoolPrefixBounds(let text), .illegalSubnetPoolPrefixUpdate(let text):
            text
        case .revisionMismatch(let wanted, let present):
            "constrained to revision \(wanted), but the present revision is \(present)"
        }
    }

    var metadata: [String: String] {
        switch self {
        case .revisionMismatch(let wanted, let present): ["wanted": String(wanted), "present": String(present)]
        case .overQuota(let kind, let projectID): ["kind": kind, "project_id": projectID]
        case .refused(_, _, let metadata): metadata
        default: [:]
        }
    }
}
