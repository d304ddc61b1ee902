internal import Addressing
internal import ResourceModel

/// What a router's nftables table holds in its maps, and its helpers; all other rules are the same in every router.
struct TranslationPlan: Hashable, Sendable {
    /// Where packets to a floating IP go.
    var destinations: [IPv4Address: FloatingTarget] = [:]
    /// With which floating IP the packets of a fixed address leave.
    var sources: [IPv4Address: IPv4Address] = [:]
    /// Where packets to one port of a floating IP go.
    var forwardings: [ForwardedPort: Endpoint] = [:]
    /// With which address the packets of everyone else leave, by gateway device; none means unchanged.
    var gatewaySources: [String: IPv4Address] = [:]
    /// With which address a translated packet that came in by an internal device goes on, so that the answer passes
    /// this router again.
    var hairpinSources: [String: IPv4Address] = [:]
    /// Where connections get a conntrack helper.
    var helpers: Set<HelperRule> = []
    /// What leaves by further gateways.
    var exits: Set<ExitNetwork> = []
    /// The exits of fixed addresses whose packets leave with a floating IP of a further gateway.
    var exitSources: [IPv4Address: UInt32] = [:]
}

/// One entry of one of the maps.
enum TranslationElement: Hashable, Sendable {
    case destination(IPv4Address, FloatingTarget)
    case source(IPv4Address, IPv4Address)
    case forwarding(ForwardedPort, Endpoint)
    case gatewaySource(String, IPv4Address)
    case hairpinSource(String, IPv4Address)
    case exitSource(IPv4Address, UInt32)

    /// The map that it is in.
    var map: TranslationMap {
        switch self {
        case .destination: .destinations
        case .source: .sources
        case .forwarding: .forwardings
        case .gatewaySource: .gatewaySources
        case .hairpinSource: .hairpinSources
        case .exitSource: .exitSources
        }
    }
}

/// The maps of a router's table.
enum TranslationMap: CaseIterable {
    case destinations, sources, forwardings, gatewaySources, hairpinSources, exitSources
}

extension TranslationPlan {
    /// Takes an element away; false when it is not there as it says.
    mutating func remove(_ element: TranslationElement) -> Bool {
        switch element {
        case .destination(let key, let value): destinations.removeValue(forKey: key) == value
        case .source(let key, let value): sources.removeValue(forKey: key) == value
        case .forwarding(let key, let value): forwardings.removeValue(forKey: key) == value
        case .gatewaySource(let key, let value): gatewaySources.removeValue(forKey: key) == value
        case .hairpinSource(let key, let value): hairpinSources.removeValue(forKey: key) == value
        case .exitSource(let key, let value): exitSources.removeValue(forKey: key) == value
        }
    }

    /// Adds an element; false when there is one with its key already.
    mutating func add(_ element: TranslationElement) -> Bool {
        switch element {
        case .destination(let key, let value): destinations.updateValue(value, forKey: key) == nil
        case .source(let key, let value): sources.updateValue(value, forKey: key) == nil
        case .forwarding(let key, let value): forwardings.updateValue(value, forKey: key) == nil
        case .gatewaySource(let key, let value): gatewaySources.updateValue(value, forKey: key) == nil
        case .hairpinSource(let key, let value): hairpinSources.updateValue(value, forKey: key) == nil
        case .exitSource(let key, let value): exitSources.updateValue(value, forKey: key) == nil
        }
    }
}

/// The fixed address behind a floating IP.
struct FloatingTarget: Hashable, Sendable {
    var fixed: IPv4Address
    /// The floating IP's id, which the table bears as a comment.
    var id: FloatingIPID
}

/// A port of a floating IP.
struct ForwardedPort: Hashable, Sendable {
    var address: IPv4Address
    var transport: TransportProtocol
    var port: UInt16
}

/// A port of an internal address.
struct Endpoint: Hashable, Sendable {
    var address: IPv4Address
    var port: UInt16
}
