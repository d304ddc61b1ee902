internal import Addressing
internal import ResourceModel

/// Why a part of what is wanted cannot be on this node as it is; the rest is built all the same.
enum PlanProblem: Error, Hashable, Sendable {
    case bridgeMissing(String)
    case physicalNetworkUnknown(String)
    case networkTypeNotSupported(String, NetworkID)
    case gatewayWithoutAddress(PortID)
    case routeUnreachable(StaticRoute)
    case noGateway(network: NetworkID)
    case forwardingTooWide(PortForwardingID, limit: Int)
    case helperMissing(HelperRule)
}

extension PlanProblem: CustomStringConvertible {
    /// The problem in one line, with what to do about it where the node's operator can do something.
    var description: String {
        switch self {
        case .bridgeMissing(let name):
            "bridge \(name) is missing on the node (make it, or name another with --external-bridge)"
        case .physicalNetworkUnknown(let name):
            "the node has no bridge for physical network \(name) (see --physical-networks)"
        case .networkTypeNotSupported(let type, let network):
            "network \(network) is of type \(type), which the node cannot carry"
        case .gatewayWithoutAddress(let port):
            "gateway port \(port) has no IPv4 address to translate to"
        case .routeUnreachable(let route):
            "the next hop \(route.nexthop) of the route to \(route.destination) is on none of the router's networks"
        case .noGateway(let network):
            "the router has no gateway on network \(network)"
        case .forwardingTooWide(let id, let limit):
            "port forwarding \(id) has more than \(limit) ports"
        case .helperMissing(let rule):
            "the kernel has no conntrack helper \(rule.module), wanted at port \(rule.port) (load its module); the rest works"
        }
    }
}
