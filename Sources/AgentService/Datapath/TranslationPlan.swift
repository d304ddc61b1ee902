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
