internal import Addressing
internal import ResourceModel

/// Everything FloatingIPService refuses by itself.
///
/// What other services refuse passes through as it came.
enum FloatingIPError: DomainError, Hashable {
    case floatingIPNotFound(String)
    case portForwardingNotFound(String)
    case proxyNotFound(String)
    case networkNotFound(String)
    case subnetNotFound(String)
    case portNotFound(String)
    case routerNotFound(String)
    case policyNotFound(String)
    case quotaNotFound(projectID: String)
    case markerNotFound(String)

    case portAlreadyAssociated(PortID, IPv4Address, NetworkID)
    case associatedByOther(PortID)
    case inUseByPortForwarding(FloatingIPID)
    case forwardedButAssociated(FloatingIPID)
    case portHasFloatingIP(PortID)
    case proxyNotEnabled(RouterID)
    case addressScopesDiffer(inside: NetworkID, outside: NetworkID)
    case conflict(String)
    case overQuota(projectID: String, limit: Int64)

    case addressExhausted(NetworkID)
    case invalidAddress(String)
    case invalidInput(String)
    case badRequest(String)
    case notAuthorized(String)
    case revisionMismatch(FloatingIPID, wanted: Revision, present: Revision)
    case proxyRevisionMismatch(NDPProxyID, wanted: Revision, present: Revision)
    case databaseAway(String)
    case watchBroken(String)
    case busy(String)
}

extension FloatingIPError {
    var reason: ErrorReason {
        switch self {
        case .floatingIPNotFound: .floatingIPNotFound
        case .portForwardingNotFound: .portForwardingNotFound
        case .proxyNotFound: .ndpProxyNotFound
        case .networkNotFound: .networkNotFound
        case .subnetNotFound: .subnetNotFound
        case .portNotFound: .portNotFound
        case .routerNotFound: .routerNotFound
        case .policyNotFound: .qosPolicyNotFound
        case .quotaNotFound: .quotaNotFound
        case .markerNotFound: .markerNotFound
        case .portAlreadyAssociated, .forwardedButAssociated: .floatingIPPortAlreadyAssociated
        case .associatedByOther: .floatingIPAssociatedByOther
        case .inUseByPortForwarding: .floatingIPInUseByPortForwarding
        case .portHasFloatingIP: .portHasBindingFloatingIP
        case .proxyNotEnabled: .routerNDPProxyNotEnable
        case .addressScopesDiffer: .addressScopeConflict
        case .conflict: .conflict
        case .overQuota: .overQuota
        case .addressExhausted: .externalIPAddressExhausted
        case .invalidAddress: .invalidAddress
        case .invalidInput: .invalidInput
        case .badRequest: .badRequest
        case .notAuthorized: .notAuthorized
        case .revisionMismatch, .proxyRevisionMismatch: .revisionMismatch
        case .databaseAway, .watchBroken, .busy: .serviceUnavailable
        }
    }

    var message: String {
        switch self {
        case .floatingIPNotFound(let id): "floating IP \(id) could not be found"
        case .portForwardingNotFound(let id): "port forwarding \(id) could not be found"
        case .proxyNotFound(let id): "NDP proxy \(id) could not be found"
        case .networkNotFound(let id): "network \(id) could not be found"
        case .subnetNotFound(let id): "subnet \(id) could not be found"
        case .portNotFound(let id): "port \(id) could not be found"
        case .routerNotFound(let id): "router \(id) could not be found"
        case .policyNotFound(let id): "QoS policy \(id) could not be found"
        case .quotaNotFound(let project): "project \(project) has no limit of its own for floating IPs"
        case .markerNotFound(let id): "the page's marker \(id) could not be found"
        case .portAlreadyAssociated(let port, let address, let network):
            "fixed address \(address) of port \(port) already has a floating IP of network \(network)"
        case .associatedByOther(let port): "port \(port) is associated with a floating IP of another project"
        case .inUseByPortForwarding(let id): "floating IP \(id) is in use by port forwardings"
        case .forwardedButAssociated(let id):
            "floating IP \(id) is associated with a port, so it takes no port forwardings"
        case .portHasFloatingIP(let port): "port \(port) has a floating IP, so nothing can be forwarded to it"
        case .proxyNotEnabled(let id): "router \(id) has no gateway with enable_ndp_proxy"
        case .addressScopesDiffer(let inside, let outside):
            "the IPv6 addresses of networks \(inside) and \(outside) are not of one address scope"
        case .overQuota(let project, let limit): "quota exceeded for floatingip of project \(project): at most \(limit)"
        case .addressExhausted(let network): "network \(network) gave no IPv4 address"
        case .revisionMismatch(let id, let wanted, let present):
            "floating IP \(id) has revision \(present), not \(wanted)"
        case .proxyRevisionMismatch(let id, let wanted, let present):
            "NDP proxy \(id) has revision \(present), not \(wanted)"
        case .databaseAway(let why): "FloatingIPService's database is away: \(why)"
        case .watchBroken(let why): "the watch has to begin anew: \(why)"
        case .conflict(let text), .invalidAddress(let text), .invalidInput(let text), .badRequest(let text),
            .notAuthorized(let text), .busy(let text):
            text
        }
    }

    var metadata: [String: String] {
        switch self {
        case .revisionMismatch(_, let wanted, let present), .proxyRevisionMismatch(_, let wanted, let present):
            ["wanted": String(wanted), "present": String(present)]
        case .overQuota(let project, _): ["kind": "floatingip", "project_id": project]
        case .portAlreadyAssociated(let port, _, _), .associatedByOther(let port), .portHasFloatingIP(let port):
            ["port_id": port.description]
        default: [:]
        }
    }
}
