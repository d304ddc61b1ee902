internal import ResourceModel

/// The object on whose behalf another service keeps something.
enum Holder: Hashable, Sendable {
    case floatingIP(FloatingIPID)
    case portForwarding(PortForwardingID)
    case ndpProxy(NDPProxyID)

    /// A holder by the contracts' word for its kind; nil when FloatingIPService has no such.
    init?(kind: String, id: String) {
        switch kind {
        case "floating_ip": self.init(FloatingIPID(id), Holder.floatingIP)
        case "port_forwarding": self.init(PortForwardingID(id), Holder.portForwarding)
        case "ndp_proxy": self.init(NDPProxyID(id), Holder.ndpProxy)
        default: return nil
        }
    }

    private init?<Kind>(_ id: ID<Kind>?, _ make: (ID<Kind>) -> Holder) {
        guard let id else { return nil }
        self = make(id)
    }

    /// The contracts' word for its kind.
    var kind: String {
        switch self {
        case .floatingIP: "floating_ip"
        case .portForwarding: "port_forwarding"
        case .ndpProxy: "ndp_proxy"
        }
    }

    /// The object's id.
    var text: String {
        switch self {
        case .floatingIP(let id): id.description
        case .portForwarding(let id): id.description
        case .ndpProxy(let id): id.description
        }
    }
}

extension Holder: CustomStringConvertible {
    /// Its name in messages.
    var description: String {
        switch self {
        case .floatingIP(let id): "floating IP \(id)"
        case .portForwarding(let id): "port forwarding \(id)"
        case .ndpProxy(let id): "NDP proxy \(id)"
        }
    }
}

/// The router and subnet that a holder's binding is to.
struct Binding: Hashable, Sendable {
    let routerID: RouterID
    let subnetID: SubnetID
}

/// Something that another service keeps for a holder.
struct HeldReference: Hashable, Sendable {
    let holder: Holder
    let object: Object

    /// What is kept.
    enum Object: Hashable, Sendable {
        case port(PortID)
        case router(RouterID)
    }
}

/// What a holder leans on by what its row says.
struct Footing: Hashable, Sendable {
    /// The port that it leads to.
    private(set) var portID: PortID?
    /// The way there.
    private(set) var binding: Binding?
    /// The port that has its address, when it is a floating IP.
    private(set) var addressPort: PortID?

    /// What a holder that is gone leans on.
    static let nothing = Footing()

    private init() {}

    /// What a floating IP leans on.
    init(_ floatingIP: FloatingIP) {
        addressPort = floatingIP.addressPort
        guard let target = floatingIP.target, let router = floatingIP.routerID else { return }
        portID = target.portID
        binding = Binding(routerID: router, subnetID: target.subnetID)
    }

    /// What a forwarding leans on, on the router of its floating IP.
    init(_ forwarding: PortForwarding, on router: RouterID?) {
        portID = forwarding.target.portID
        binding = router.map { Binding(routerID: $0, subnetID: forwarding.target.subnetID) }
    }

    /// What an NDP proxy leans on.
    init(_ proxy: NDPProxy) {
        portID = proxy.target.portID
        binding = Binding(routerID: proxy.way.routerID, subnetID: proxy.target.subnetID)
    }

    /// Whether it needs the object.
    func holds(_ object: HeldReference.Object) -> Bool {
        switch object {
        case .port(let port): port == portID || port == addressPort
        case .router(let router): router == binding?.routerID
        }
    }
}
