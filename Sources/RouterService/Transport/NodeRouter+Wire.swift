internal import Addressing
internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

extension NodeRouter {
    /// The router as its node gets it.
    var wire: Wire.RouterState {
        .with {
            $0.id = router.id.description
            $0.revisionNumber = router.revision
            $0.projectID = router.projectID
            $0.name = router.name
            $0.adminStateUp = router.isAdminUp
            $0.gateways = gateways.map { port in
                .with {
                    $0.port = port.wire
                    $0.enableSnat = port.port.enablesSNAT
                    $0.onLinkCidrs = port.onLink.map(\.description)
                }
            }
            $0.interfaces = interfaces.map(\.wire)
            $0.routes = router.routes.map { route in
                .with {
                    $0.destination = route.destination.description
                    $0.nexthop = route.nexthop.description
                }
            }
            $0.enableNdpProxy = router.enablesNDPProxy
            $0.enableDefaultRouteEcmp = router.enablesDefaultRouteECMP
            $0.enableDefaultRouteBfd = router.enablesDefaultRouteBFD
            $0.conntrackHelpers = helpers.map { helper in
                .with {
                    $0.protocol = helper.rule.transport
                    $0.port = Int32(helper.rule.port)
                    $0.helper = helper.rule.helper
                }
            }
        }
    }
}

extension NodePort {
    fileprivate var wire: Wire.RouterPort {
        .with {
            $0.portID = port.id.description
            $0.networkID = network.id.description
            $0.macAddress = port.macAddress.description
            $0.mtuBytes = Int32(clamping: network.mtu)
            $0.addresses = addresses.map(\.wire)
            $0.physicalNetwork = network.physicalNetwork
            $0.networkType = network.type
            $0.segmentationID = network.segmentationID
        }
    }
}

extension NodeAddress {
    fileprivate var wire: Wire.PortAddress {
        .with {
            $0.ipAddress = address.description
            $0.prefixLength = Int32(subnet.cidr.prefixLength)
            $0.subnetID = subnet.id.description
            $0.gatewayIp = subnet.gatewayIP?.description ?? ""
            $0.ipv6RaMode = subnet.raMode
            $0.dnsNameservers = subnet.dnsNameservers
        }
    }
}

extension NodeReport {
    /// What a node's report says of one router; nil when it says nothing.
    init?(wire: Wire.ObjectStatus) {
        guard let id = RouterID(wire.id) else { return nil }
        let outcome: Outcome
        switch wire.state {
        case .active: outcome = .built
        case .failed: outcome = .failed
        case .removed: outcome = .removed
        case .unspecified, .UNRECOGNIZED: return nil
        }
        self.init(
            routerID: id,
            revision: wire.appliedRevisionNumber,
            outcome: outcome,
            reason: outcome == .failed ? wire.reason : ""
        )
    }
}
