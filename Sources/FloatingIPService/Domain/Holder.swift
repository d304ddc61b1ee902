internal import ResourceModel

/// The object on whose behalf another service keeps something.
enum Holder: Hashable, Sendable {
    case floatingIP(FloatingIPID)
    case portForwarding(PortForwardingID)

    /// A holder by the contracts' word for its kind; nil when FloatingIPService has no such.
    init?(kind: String, id: String) {
        switch kind {
        case "floating_ip": self.init(FloatingIPID(id), Holder.floatingIP)
        case "port_forwarding": self.init(PortForwardingID(id), Holder.portForwarding)
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
        }
    }

    /// The object's id.
    var text: String {
        switch self {
        case .floatingIP(let id): id.description
        case .portForwarding(let id): id.description
        }
    }
}

/// That a holder leans on a port, and on the router that leads there, or may do so.
struct Lean: Hashable, Sendable {
    let holder: Holder
    let portID: PortID
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

/// What a floating IP and its forwardings lean on, by what their rows say.
struct Footing: Hashable, Sendable {
    private(set) var leans: Set<Lean> = []
    private(set) var bindings: [Holder: Binding] = [:]
    /// The hold on the address; nil when the floating IP is gone.
    private let address: HeldReference?

    /// Whether the floating IP is there.
    var exists: Bool { address != nil }

    /// What the rows say; nil is a floating IP that is gone.
    init(_ floatingIP: FloatingIP?, forwardings: [PortForwarding]) {
        address = floatingIP.map { HeldReference(holder: .floatingIP($0.id), object: .port($0.addressPort)) }
        guard let floatingIP, let router = floatingIP.routerID else { return }
        if let target = floatingIP.target { add(.floatingIP(floatingIP.id), target, router) }
        for forwarding in forwardings { add(.portForwarding(forwarding.id), forwarding.target, router) }
    }

    private mutating func add(_ holder: Holder, _ target: FloatingIP.Target, _ router: RouterID) {
        leans.insert(Lean(holder: holder, portID: target.portID))
        bindings[holder] = Binding(routerID: router, subnetID: target.subnetID)
    }

    /// Whether the reference is in use.
    func holds(_ reference: HeldReference) -> Bool {
        switch reference.object {
        case .port(let port): reference == address || leans.contains(Lean(holder: reference.holder, portID: port))
        case .router(let router): bindings[reference.holder]?.routerID == router
        }
    }
}
