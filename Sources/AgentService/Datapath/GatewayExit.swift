internal import Addressing

/// How what belongs to a further gateway leaves by it: answers of its floating IPs, and what their hosts begin.
///
/// The main table's default route leads to the first gateway. The router's nftables table marks what is to leave by a
/// further one, and the mark leads to a table of routes with that gateway's default route; only after the main table's
/// other routes, since what is for a network of the router's own goes there.
struct GatewayExit: Hashable, Sendable {
    /// Which of the further gateways it is, from 1: in the mark, the rules and the number of the table.
    var number: UInt32
    var hop: RoutePlan.Hop
}

extension [UInt32: RoutePlan.Hop] {
    /// The exit that leads by a gateway's device; nil for the first gateway, and for one without.
    func number(of device: String) -> UInt32? { first { $0.value.device == device }?.key }
}

/// A further gateway's network, the floating IPs of which leave by that gateway.
struct ExitNetwork: Hashable, Sendable {
    var network: CIDR
    /// The exit's.
    var number: UInt32
}

extension ExitNetwork: Comparable {
    /// The order of the rules.
    static func < (one: ExitNetwork, other: ExitNetwork) -> Bool {
        (one.number, one.network) < (other.number, other.network)
    }
}

/// What there is of a further gateway's exit.
struct ObservedExit: Hashable, Sendable {
    /// The default route of its table.
    var hop: RoutePlan.Hop?
    /// Whether both rules for its mark are there.
    var hasRules = true
}

extension ObservedExit: CustomStringConvertible {
    /// The way, and what is missing of what leads to it.
    var description: String {
        let way = hop.map { hop in (hop.gateway.map { "via \($0) " } ?? "") + "by \(hop.device)" }
        return (way ?? "to nowhere") + (hasRules ? "" : ", without rules")
    }
}
