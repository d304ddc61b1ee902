internal import Addressing
internal import Netlink

/// What the kernel tells of a router that this process did not ask for: others' doing, or the kernel's own.
enum HeardChange: Hashable, Sendable {
    /// A device in the router's namespace is like this now.
    case device(LinkSight)
    case deviceGone(String)
    /// The end of a device on the node is like this now.
    case hostEnd(LinkSight)
    case hostEndGone(String)
    /// The end of a device on the node is a port of another bridge, or of none.
    case hostEndMoved(String)
    case address(CIDR)
    case addressGone(CIDR)
    /// One of our routes was changed or removed.
    case route
    /// One of our rules of routing was added or removed.
    case rule
    /// The bridge that the end of a device on the node is a port of is down.
    case bridgeDown(String)
    /// The namespace's ruleset is of a generation that is not ours.
    case table
    /// The parameter that only `/proc` tells has another value.
    case slowParameter
    case parameter(ForwardingParameter)
    /// The namespace's name is gone.
    case name

    /// What a notification says of a link, as far as it matters.
    struct LinkSight: Hashable, Sendable {
        var name: String
        var isUp: Bool
        /// In bytes.
        var mtu: Int
        var mac: MACAddress?
        var isInBridge: Bool
    }
}

extension HeardChange.LinkSight {
    init(_ link: Link) {
        self.init(name: link.name, isUp: link.isUp, mtu: link.mtu, mac: link.mac, isInBridge: link.master != nil)
    }
}

extension RouterSpecification {
    /// Whether the change may have led away from what is wanted, so that the router must be looked at.
    ///
    /// It is false where the kernel only tells of what was wanted, as after each of our own changes.
    func isDoubtful(after change: HeardChange) -> Bool {
        switch change {
        case .device(let sight):
            if sight.name == "lo" { return !sight.isUp }
            guard let port = port(ofDevice: sight.name) else { return KernelNames.isRouterDevice(sight.name) }
            return !sight.isUp || sight.mtu != port.mtu || sight.mac != port.mac
        case .hostEnd(let sight):
            guard let port = port(ofHostEnd: sight.name) else { return false }
            return !sight.isUp || sight.mtu != port.mtu || !sight.isInBridge
        case .deviceGone(let name): return KernelNames.isRouterDevice(name)
        case .hostEndGone(let name), .hostEndMoved(let name): return port(ofHostEnd: name) != nil
        // The kernel tells of each new IPv6 address again once it has probed it.
        case .address(let address): return address.version == .v4
        case .bridgeDown(let name): return KernelNames.isNetworkBridge(name)
        case .addressGone, .route, .rule, .table, .slowParameter, .name: return true
        case .parameter(.forwarding(let isOn)): return !isOn
        case .parameter(.reversePathFilter(let mode)): return mode != 0
        case .parameter(.neighbourProxying(let isOn)): return isOn != proxiesNeighbours
        }
    }

    private func port(ofDevice name: String) -> PortSpecification? {
        if let gateway = gateways.first(where: { KernelNames.gatewayDevice($0.port.id) == name }) {
            return gateway.port
        }
        return interfaces.first { KernelNames.internalDevice($0.id) == name }
    }

    private func port(ofHostEnd name: String) -> PortSpecification? {
        (gateways.map(\.port) + interfaces).first { KernelNames.hostEnd($0.id) == name }
    }
}
