internal import Addressing
internal import ResourceModel

/// What is to be in the kernel for one router: a pure function of what is wanted and of what the node has.
struct RouterPlan: Hashable, Sendable {
    var router: RouterID
    /// The parameters of the namespace that must have a certain value.
    var parameters: [NamespaceParameter: String]
    /// By name.
    var devices: [String: DevicePlan]
    /// By destination.
    var routes: [CIDR: RoutePlan]
    var translation: TranslationPlan
    /// By which way what belongs to further gateways leaves, by the exits' numbers.
    var exits: [UInt32: RoutePlan.Hop] = [:]
    /// What the router tells hosts on its internal networks, by device; it is said, not kept in the kernel.
    var advertisements: [String: AdvertisementPlan] = [:]
    /// The devices of the gateways, by their networks.
    var gateways: [NetworkID: String]
    /// Whether floating IPs claim the same external or the same fixed address, so that one hides the other.
    var isContested: Bool
    /// What is wrong with the router itself.
    var problems: [PlanProblem]
    /// What the kernel cannot follow; the router is as good as whole without it.
    var helperProblems: [PlanProblem]
    /// What is wrong with single floating IPs.
    var addressProblems: [FloatingIPID: PlanProblem]

    /// Whether it is all that is wanted, or will be by itself as soon as a helper's module is there.
    var isComplete: Bool { problems.isEmpty && addressProblems.isEmpty }
}

/// A kernel parameter of a router's namespace as a whole.
enum NamespaceParameter: String, Hashable, Sendable, CaseIterable {
    case ipv4Forwarding = "net/ipv4/ip_forward"
    /// The stricter of this and the device's own counts, so this one must be off.
    case reversePathFilter = "net/ipv4/conf/all/rp_filter"
    /// A flow whose beginning this node did not see, as after a move of the router, goes on being translated.
    case conntrackTCPIsLiberal = "net/netfilter/nf_conntrack_tcp_be_liberal"
    case ipv6Forwarding = "net/ipv6/conf/all/forwarding"
}

/// A device of a router: one end of a cable whose other end is a port of a bridge on the node.
struct DevicePlan: Hashable, Sendable {
    var name: String
    var hostEnd: String
    var bridge: BridgePlan
    var mac: MACAddress
    /// In bytes; the same on both ends.
    var mtu: Int
    /// Whether ARP is answered for addresses of this device only (1) or for all that are the router's (0).
    ///
    /// The latter is needed where floating IPs are local routes: those belong to no device.
    var arpIgnore: Int
    var addresses: Set<CIDR>
    /// Addresses that are the router's by a local route instead: above some 1000 on one device the kernel's own list,
    /// which it walks at every change, becomes the slowest part of all.
    var localAddresses: Set<IPv4Address>
    /// Whether it answers for internal addresses at all.
    var proxiesNeighbours = false
    /// The internal addresses that it answers for.
    var neighbourProxies: Set<IPv6Address> = []

    /// How many of all these addresses are floating IPs'.
    var floatingCount = 0

    /// Whether its floating IPs are local routes.
    var carriesRoutes: Bool { arpIgnore == 0 }
}

/// A route of a router; the kernel's own routes to the networks of its addresses are not planned.
struct RoutePlan: Hashable, Sendable {
    var destination: CIDR
    var hops: Set<Hop>

    /// One way of the route.
    struct Hop: Hashable, Sendable {
        /// Nil: the receivers are on the link.
        var gateway: IPAddress?
        var device: String
        /// Whether the gateway is on the link though no address of the device says so.
        var isOnLink = false
    }
}
