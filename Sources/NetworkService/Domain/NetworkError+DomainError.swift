internal import Addressing
internal import ResourceModel

extension NetworkError {
    var reason: ErrorReason {
        switch self {
        case .networkNotFound: .networkNotFound
        case .subnetNotFound: .subnetNotFound
        case .portNotFound: .portNotFound
        case .subnetPoolNotFound: .subnetPoolNotFound
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
        case .conflict, .segmentTaken: .conflict
        case .overQuota: .overQuota
        case .invalidIPForNetwork: .invalidIPForNetwork
        case .invalidIPForSubnet: .invalidIPForSubnet
        case .invalidAllocationPool: .invalidAllocationPool
        case .outOfBoundsAllocationPool: .outOfBoundsAllocationPool
        case .dnsNameServersExhausted: .dnsNameServersExhausted
        case .hostRoutesExhausted: .hostRoutesExhausted
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
        case .portNotFound(let id): "port \(id) could not be found"
        case .subnetPoolNotFound(let id): "subnet pool \(id) could not be found"
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
            .unavailable(let text), .refused(_, let text, _):
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
