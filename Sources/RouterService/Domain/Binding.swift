internal import Addressing
internal import ResourceModel

/// What leans on a router: neither the interface nor the gateway it needs may go.
struct Binding: Hashable, Sendable {
    let holder: BindingHolder
    let routerID: RouterID
    let subnetID: SubnetID
    /// The external network that it leads to; nil where that is not known, and then any gateway is needed.
    var networkID: NetworkID?
}

/// The object on whose behalf a binding is kept.
struct BindingHolder: Hashable, Sendable {
    let kind: Kind
    /// The object's id, a UUID.
    let id: ID<Kind>

    /// What can lean on a router.
    enum Kind: String, Sendable, CaseIterable {
        case floatingIP = "floating_ip"
        case portForwarding = "port_forwarding"
        case ndpProxy = "ndp_proxy"
    }
}

/// A router that leads from a subnet to an external network.
struct BindingCandidate: Hashable, Sendable {
    let routerID: RouterID
    /// The address of its interface on the subnet.
    let interfaceAddress: IPAddress

    /// The order in which to try: the router that is the subnet's gateway first, then by id.
    static func preferred(_ candidates: [BindingCandidate], gatewayIP: IPAddress?) -> [BindingCandidate] {
        candidates.sorted { left, right in
            let (leftIsGateway, rightIsGateway) = (
                left.interfaceAddress == gatewayIP, right.interfaceAddress == gatewayIP
            )
            return leftIsGateway != rightIsGateway ? leftIsGateway : left.routerID < right.routerID
        }
    }
}
