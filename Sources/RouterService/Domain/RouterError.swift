internal import Addressing
internal import ResourceModel

/// Everything RouterService refuses by itself.
///
/// What NetworkService refuses passes through as it came.
enum RouterError: DomainError, Hashable {
    case routerNotFound(String)
    case agentNotFound(String)
    case availabilityZoneNotFound(String)
    case interfaceNotFound(router: RouterID, port: String)
    case interfaceNotFoundForSubnet(router: RouterID, subnet: SubnetID)
    case gatewayForFloatingIPNotFound(subnet: SubnetID, network: NetworkID)
    case conntrackHelperNotFound(String)
    case flavorNotFound(String)
    case policyNotFound(String)
    case quotaNotFound(projectID: String)
    case markerNotFound(String)
    case invalidAgent(AgentID)

    case routerInUse(RouterID)
    case interfaceInUseByFloatingIP(router: RouterID, subnet: SubnetID)
    case interfaceInUseByRoute(router: RouterID, subnet: SubnetID)
    case interfaceInUseByNDPProxy(router: RouterID, subnet: SubnetID)
    case gatewayInUseByFloatingIP(RouterID)
    case gatewayInUseByNDPProxy(RouterID)
    case gatewayNotValid(RouterID, String)
    case hostedByOtherAgent(RouterID, AgentID)
    case portInUse(PortID, device: String)
    case conflict(String)
    case tooManyRoutes(RouterID, limit: Int64)
    case overQuota(projectID: String, limit: Int64)
    case gatewaysUnmatched(String)
    case proxyNotEnabled(RouterID)
    case subnetUnreachable(router: RouterID, subnet: SubnetID)

    case invalidRoutes(String)
    case subnetMismatchForPort(port: PortID, subnet: SubnetID)
    case helperNotAllowed(String)
    case helperMismatch(helper: String, transport: String)
    case invalidInput(String)
    case badRequest(String)
    case notAuthorized(String)
    case revisionMismatch(RouterID, wanted: Revision, present: Revision)
    case databaseAway(String)
    case busy(String)
}

extension RouterError {
    var reason: ErrorReason {
        switch self {
        case .routerNotFound: .routerNotFound
        case .agentNotFound: .agentNotFound
        case .availabilityZoneNotFound: .availabilityZoneNotFound
        case .interfaceNotFound: .routerInterfaceNotFound
        case .interfaceNotFoundForSubnet: .routerInterfaceNotFoundForSubnet
        case .gatewayForFloatingIPNotFound: .externalGatewayForFloatingIPNotFound
        case .conntrackHelperNotFound: .conntrackHelperNotFound
        case .flavorNotFound: .flavorNotFound
        case .policyNotFound: .qosPolicyNotFound
        case .quotaNotFound: .quotaNotFound
        case .markerNotFound: .markerNotFound
        case .invalidAgent: .invalidL3Agent
        case .routerInUse: .routerInUse
        case .interfaceInUseByFloatingIP: .routerInterfaceInUseByFloatingIP
        case .interfaceInUseByRoute: .routerInterfaceInUseByRoute
        case .interfaceInUseByNDPProxy: .routerInterfaceInUseByNDPProxy
        case .gatewayInUseByFloatingIP: .routerExternalGatewayInUseByFloatingIP
        case .gatewayInUseByNDPProxy: .routerGatewayInUseByNDPProxy
        case .gatewayNotValid: .routerGatewayNotValid
        case .hostedByOtherAgent: .routerHostedByL3Agent
        case .portInUse: .portInUse
        case .conflict: .conflict
        case .tooManyRoutes, .overQuota: .overQuota
        case .gatewaysUnmatched: .unableToMatchGateways
        case .proxyNotEnabled: .routerNDPProxyNotEnable
        case .subnetUnreachable: .portUnreachableRouter
        case .helperNotAllowed: .conntrackHelperNotAllowed
        case .helperMismatch: .invalidProtocolForHelper
        case .invalidRoutes: .invalidRoutes
        case .subnetMismatchForPort: .subnetMismatchForPort
        case .invalidInput: .invalidInput
        case .badRequest: .badRequest
        case .notAuthorized: .notAuthorized
        case .revisionMismatch: .revisionMismatch
        case .databaseAway, .busy: .serviceUnavailable
        }
    }

    var message: String {
        switch self {
        case .routerNotFound(let id): "router \(id) could not be found"
        case .agentNotFound(let id): "agent \(id) could not be found"
        case .availabilityZoneNotFound(let name): "availability zone \(name) could not be found for routers"
        case .interfaceNotFound(let router, let port): "router \(router) has no interface with port \(port)"
        case .interfaceNotFoundForSubnet(let router, let subnet):
            "router \(router) has no interface on subnet \(subnet)"
        case .gatewayForFloatingIPNotFound(let subnet, let network):
            "subnet \(subnet) is not reachable from external network \(network): no router leads from one to the other"
        case .conntrackHelperNotFound(let id): "conntrack helper \(id) could not be found"
        case .flavorNotFound(let id): "flavor \(id) could not be found"
        case .policyNotFound(let id): "QoS policy \(id) could not be found"
        case .quotaNotFound(let project): "project \(project) has no limits of its own for routers"
        case .markerNotFound(let id): "the page's marker \(id) could not be found"
        case .invalidAgent(let id): "agent \(id) takes no routers: it is disabled"
        case .routerInUse(let id): "router \(id) still has interfaces"
        case .interfaceInUseByFloatingIP(let router, let subnet):
            "the interface of router \(router) on subnet \(subnet) is needed by one or more floating IPs"
        case .interfaceInUseByRoute(let router, let subnet):
            "the interface of router \(router) on subnet \(subnet) is needed by one or more routes"
        case .interfaceInUseByNDPProxy(let router, let subnet):
            "the interface of router \(router) on subnet \(subnet) is needed by one or more NDP proxies"
        case .gatewayInUseByFloatingIP(let id): "the gateway of router \(id) is needed by one or more floating IPs"
        case .gatewayInUseByNDPProxy(let id): "the gateway of router \(id) is needed by one or more NDP proxies"
        case .gatewayNotValid(let id, let why): "the gateway of router \(id) does not fit: \(why)"
        case .hostedByOtherAgent(let router, let agent): "router \(router) is hosted by agent \(agent)"
        case .portInUse(let port, let device): "port \(port) is in use by device \(device)"
        case .tooManyRoutes(let id, let limit): "router \(id) may have at most \(limit) routes"
        case .overQuota(let project, let limit): "quota exceeded for router of project \(project): at most \(limit)"
        case .proxyNotEnabled(let id): "router \(id) does not have enable_ndp_proxy"
        case .subnetUnreachable(let router, let subnet): "router \(router) has no interface on subnet \(subnet)"
        case .helperNotAllowed(let name): "conntrack helper '\(name)' is not allowed"
        case .helperMismatch(let helper, let transport): "conntrack helper \(helper) does not follow \(transport)"
        case .invalidRoutes(let why): "the routes are not valid: \(why)"
        case .subnetMismatchForPort(let port, let subnet): "port \(port) has no address on subnet \(subnet)"
        case .revisionMismatch(let id, let wanted, let present):
            "router \(id) has revision \(present), not \(wanted)"
        case .databaseAway(let why): "RouterService's database is away: \(why)"
        case .gatewaysUnmatched(let text), .conflict(let text), .invalidInput(let text), .badRequest(let text),
            .notAuthorized(let text), .busy(let text):
            text
        }
    }
}
