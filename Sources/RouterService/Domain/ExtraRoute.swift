internal import Addressing

/// A route that the owner adds to those that come with interfaces and gateway.
struct ExtraRoute: Hashable, Sendable {
    let destination: CIDR
    let nexthop: IPAddress

    /// A route of two values.
    init(destination: CIDR, nexthop: IPAddress) {
        self.destination = destination
        self.nexthop = nexthop
    }

    /// A route as people write it: a network address with its prefix length, and an address.
    init(destination: String, nexthop: String) throws(RouterError) {
        guard destination.contains("/"), let prefix = CIDR(destination) else {
            throw .invalidInput("'\(destination)' is not a network in CIDR form")
        }
        guard !prefix.hasHostBits else {
            throw .invalidInput("'\(destination)' has host bits set, '\(prefix.network)' is its network")
        }
        guard let address = IPAddress(nexthop) else { throw .invalidInput("'\(nexthop)' is not an IP address") }
        self.init(destination: prefix, nexthop: address)
    }
}

/// Rules for the whole list of a router's extra routes.
enum RouteRules {
    /// Refuses a list with one route twice.
    static func requireDistinct(_ routes: [ExtraRoute]) throws(RouterError) {
        var seen: Set<ExtraRoute> = []
        for route in routes where !seen.insert(route).inserted {
            throw .badRequest("the route to \(route.destination) via \(route.nexthop) stands twice in the list")
        }
    }

    /// The set union, those that were there first.
    static func union(_ present: [ExtraRoute], _ added: [ExtraRoute]) -> [ExtraRoute] {
        var routes = present
        for route in added where !routes.contains(route) { routes.append(route) }
        return routes
    }

    /// The set difference.
    static func difference(_ present: [ExtraRoute], _ removed: [ExtraRoute]) -> [ExtraRoute] {
        present.filter { !removed.contains($0) }
    }
}
