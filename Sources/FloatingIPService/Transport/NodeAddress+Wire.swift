internal import Addressing
internal import ChangeFeed
internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

extension AddressRequest {
    /// The request that a message carries; nil for one that this program does not know.
    init?(wire: Wire.AddressRequest) throws(FloatingIPError) {
        switch wire.change {
        case .subscribeRouterID(let id): self = .subscribe(try Self.router(id))
        case .unsubscribeRouterID(let id): self = .unsubscribe(try Self.router(id))
        case nil: return nil
        }
    }

    private static func router(_ text: String) throws(FloatingIPError) -> RouterID {
        try Wire.id(text, or: { .badRequest("router_id '\($0)' is not a UUID") })
    }
}

extension AddressEvent {
    /// The event as it travels.
    var wire: Wire.AddressEvent {
        .with {
            switch self {
            case .upserted(let address, let router):
                $0.routerID = router.description
                $0.upserted = address.state
            case .deleted(let id, let router, let revision):
                $0.routerID = router.description
                $0.deleted = .with {
                    $0.id = id.description
                    $0.revisionNumber = revision
                }
            case .proxyUpserted(let proxy):
                $0.routerID = proxy.way.routerID.description
                $0.ndpProxyUpserted = proxy.state
            case .proxyDeleted(let id, let router, let revision):
                $0.routerID = router.description
                $0.ndpProxyDeleted = .with {
                    $0.id = id.description
                    $0.revisionNumber = revision
                }
            case .synced(let router, let position):
                $0.routerID = router.description
                $0.synced = .with { $0.position = position.description }
            }
        }
    }
}

extension FloatingIPView {
    /// The floating IP as a node builds it.
    fileprivate var state: Wire.AddressState {
        .with {
            $0.id = floatingIP.id.description
            $0.revisionNumber = floatingIP.revision
            $0.floatingIpAddress = floatingIP.address.description
            $0.fixedIpAddress = floatingIP.target?.address.description ?? ""
            $0.floatingNetworkID = floatingIP.networkID.description
            $0.portForwardings = forwardings.map(\.rule)
        }
    }
}

extension PortForwarding {
    /// The forwarding as a node builds it.
    fileprivate var rule: Wire.ForwardingRule {
        .with {
            $0.id = id.description
            $0.protocol = transport.rawValue
            $0.externalPortFirst = Int32(externalPorts.first)
            $0.externalPortLast = Int32(externalPorts.last)
            $0.internalIpAddress = target.address.description
            $0.internalPortFirst = Int32(internalPorts.first)
            $0.internalPortLast = Int32(internalPorts.last)
        }
    }
}

extension StatusReport {
    /// The report that a message carries; nil for one that says nothing.
    init?(wire: Wire.ObjectStatus) {
        guard let id = FloatingIPID(wire.id) else { return nil }
        let outcome: Outcome
        switch wire.state {
        case .active: outcome = .active
        case .failed: outcome = .failed(reason: wire.reason)
        case .removed: outcome = .removed
        case .unspecified, .UNRECOGNIZED: return nil
        }
        self.init(id: id, revision: wire.appliedRevisionNumber, outcome: outcome)
    }
}
