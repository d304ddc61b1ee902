internal import Addressing
internal import CLinux

/// A change of links, addresses, routes or neighbours, as a value.
///
/// The `replace…` requests make what is not there; the `delete…` requests succeed when it is gone already. So applying
/// them twice is applying them once. The `create…` requests fail with `exists` the second time.
public enum RouteRequest: Hashable, Sendable {
    /// Makes a bridge.
    case createBridge(Bridge)
    /// Changes an interface.
    case configureLink(InterfaceIndex, LinkSettings)
    /// Deletes an interface; of a veth pair both ends go.
    case deleteLink(InterfaceIndex)
    /// Gives an interface an address, or changes its flags.
    case replaceAddress(InterfaceAddress)
    /// Takes an address from an interface.
    case deleteAddress(InterfaceAddress)
    /// Makes a route, or puts it in the place of the one to the same destination with the same metric and table.
    case replaceRoute(Route)
    /// Deletes a route.
    case deleteRoute(Route)
    /// Makes a rule, unless it is there.
    case replaceRule(RoutingRule)
    /// Deletes a rule.
    case deleteRule(RoutingRule)
    /// Makes or changes an entry of the neighbour table.
    case replaceNeighbour(Neighbour)
    /// Deletes an entry of the neighbour table.
    case deleteNeighbour(Neighbour)
    /// Answers for an address on a link.
    case replaceNeighbourProxy(NeighbourProxy)
    /// Answers for it no more.
    case deleteNeighbourProxy(NeighbourProxy)
}

extension RouteRequest {
    func write(to writer: inout MessageWriter) {
        switch self {
        case .createBridge(let bridge): writer.createBridge(bridge, flags: 0)
        case .configureLink(let index, let settings): writer.configureLink(index, settings, flags: 0)
        case .deleteLink(let index): writer.deleteLink(index, flags: 0)
        case .replaceAddress(let address): address.writeAddition(to: &writer, flags: NLM_F_REPLACE)
        case .deleteAddress(let address): address.writeDeletion(to: &writer, flags: 0)
        case .replaceRoute(let route): route.writeAddition(to: &writer, flags: NLM_F_REPLACE)
        case .deleteRoute(let route): route.writeDeletion(to: &writer, flags: 0)
        case .replaceRule(let rule): rule.writeAddition(to: &writer)
        case .deleteRule(let rule): rule.writeDeletion(to: &writer)
        case .replaceNeighbour(let neighbour): neighbour.writeAddition(to: &writer, flags: NLM_F_REPLACE)
        case .deleteNeighbour(let neighbour): neighbour.writeDeletion(to: &writer, flags: 0)
        case .replaceNeighbourProxy(let proxy): proxy.writeAddition(to: &writer, flags: NLM_F_REPLACE)
        case .deleteNeighbourProxy(let proxy): proxy.writeDeletion(to: &writer, flags: 0)
        }
    }

    /// Whether the error means that what was to be deleted is gone already, or a rule to be made is there.
    func isMootWith(_ error: ErrorNumber) -> Bool {
        switch self {
        case .createBridge, .configureLink, .replaceAddress, .replaceRoute, .replaceNeighbour, .replaceNeighbourProxy:
            false
        case .replaceRule: error == .exists
        case .deleteRule: error == .notFound
        case .deleteLink: error == .noDevice
        case .deleteAddress: error == .addressNotAvailable || error == .noDevice
        case .deleteRoute: error == .noRoute || error == .noDevice || error == .notFound
        case .deleteNeighbour, .deleteNeighbourProxy: error == .notFound || error == .noDevice
        }
    }
}

extension RouteRequest: CustomStringConvertible {
    /// The request in words.
    public var description: String {
        switch self {
        case .createBridge(let bridge): "create bridge \(bridge.name)"
        case .configureLink(let index, _): "configure interface \(index)"
        case .deleteLink(let index): "delete interface \(index)"
        case .replaceAddress(let address): "add address \(address.address) to interface \(address.interface)"
        case .deleteAddress(let address): "delete address \(address.address) from interface \(address.interface)"
        case .replaceRoute(let route): "add route to \(route.destination)"
        case .deleteRoute(let route): "delete route to \(route.destination)"
        case .replaceRule(let rule): "add rule \(rule.priority) for mark \(rule.mark)"
        case .deleteRule(let rule): "delete rule \(rule.priority) for mark \(rule.mark)"
        case .replaceNeighbour(let neighbour): "add neighbour \(neighbour.address)"
        case .deleteNeighbour(let neighbour): "delete neighbour \(neighbour.address)"
        case .replaceNeighbourProxy(let proxy): "answer for neighbour \(proxy.address)"
        case .deleteNeighbourProxy(let proxy): "answer no more for neighbour \(proxy.address)"
        }
    }
}
