internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

extension RouterDraft {
    /// The draft that a create request carries.
    init(wire: Wire.Router) throws(RouterError) {
        guard wire.routes.isEmpty else { throw .invalidInput("routes cannot be given when a router is created") }
        try wire.requireCentralized()
        id = try Wire.optionalID(wire.id, "id") ?? .random()
        projectID = wire.projectID
        name = wire.name
        description = wire.description_p
        tags = wire.tags
        isAdminUp = wire.hasAdminStateUp_p == nil || wire.adminStateUp
        gateway = try wire.hasExternalGatewayInfo ? GatewayRequest.reading(wire.externalGatewayInfo) : nil
        availabilityZoneHints = wire.availabilityZoneHints
        enablesNDPProxy = wire.enableNdpProxy
        enablesDefaultRouteBFD = wire.enableDefaultRouteBfd
        enablesDefaultRouteECMP = wire.enableDefaultRouteEcmp
    }
}

extension RouterChange {
    /// The change that an update request carries.
    init(wire request: L3_Router_V1_UpdateRouterRequest) throws(RouterError) {
        self.init()
        addedTags = request.addTags
        removedTags = request.removeTags
        expectedRevision = request.expectedRevisionNumber == 0 ? nil : request.expectedRevisionNumber
        for path in request.updateMask.paths { try take(path, from: request.router) }
    }

    private mutating func take(_ path: String, from router: Wire.Router) throws(RouterError) {
        switch path {
        case "name": name = router.name
        case "description": description = router.description_p
        case "admin_state_up": isAdminUp = router.adminStateUp
        case "routes": routes = try router.routes.map { wire throws(RouterError) in try ExtraRoute(wire: wire) }
        case "tags": tags = router.tags
        case "enable_ndp_proxy": enablesNDPProxy = router.enableNdpProxy
        case "enable_default_route_bfd": enablesDefaultRouteBFD = router.enableDefaultRouteBfd
        case "enable_default_route_ecmp": enablesDefaultRouteECMP = router.enableDefaultRouteEcmp
        case "distributed", "ha": try router.requireCentralized()
        case "external_gateway_info":
            gateway = .some(
                try router.hasExternalGatewayInfo ? GatewayRequest.reading(router.externalGatewayInfo) : nil
            )
        default: throw .invalidInput("\(path) cannot be changed")
        }
    }
}

extension Wire.Router {
    fileprivate func requireCentralized() throws(RouterError) {
        guard !distributed else { throw .badRequest("distributed routers are not offered: distributed must be false") }
        guard !ha else { throw .badRequest("highly available routers are not offered: ha must be false") }
        guard flavorID.isEmpty else { throw .flavorNotFound(flavorID) }
    }
}

extension GatewayRequest {
    /// The gateway that a request carries; nil when it says nothing, which is none.
    static func reading(_ wire: Wire.ExternalGateway) throws(RouterError) -> GatewayRequest? {
        guard wire != Wire.ExternalGateway() else { return nil }
        guard !wire.networkID.isEmpty else { throw .invalidInput("external_gateway_info needs a network_id") }
        guard wire.qosPolicyID.isEmpty else { throw .policyNotFound(wire.qosPolicyID) }
        var request = GatewayRequest(networkID: try Wire.id(wire.networkID, "network_id"))
        request.enablesSNAT = wire.hasEnableSnat_p == nil ? nil : wire.enableSnat
        request.addresses = try wire.externalFixedIps.map { fixed throws(RouterError) in try WantedAddress(wire: fixed)
        }
        return request
    }
}

extension WantedAddress {
    /// A wish for a subnet, an address, or both.
    init(wire: Wire.ExternalFixedIP) throws(RouterError) {
        subnetID = try Wire.optionalID(wire.subnetID, "subnet_id")
        if !wire.ipAddress.isEmpty {
            guard let parsed = IPAddress(wire.ipAddress) else {
                throw .invalidInput("'\(wire.ipAddress)' is not an IP address")
            }
            address = parsed
        }
        guard subnetID != nil || address != nil else {
            throw .invalidInput("an external fixed IP needs a subnet_id or an ip_address")
        }
    }
}

extension ExtraRoute {
    /// The route that a message carries.
    init(wire: Wire.Route) throws(RouterError) {
        try self.init(destination: wire.destination, nexthop: wire.nexthop)
    }

    var wire: Wire.Route {
        .with {
            $0.destination = destination.description
            $0.nexthop = nexthop.description
        }
    }
}

extension RouterView {
    /// The router as it travels.
    var wire: Wire.Router {
        .with {
            $0.id = router.id.description
            $0.projectID = router.projectID
            $0.name = router.name
            $0.description_p = router.description
            $0.createdAt = router.createdAt.wire
            $0.updatedAt = router.updatedAt.wire
            $0.revisionNumber = router.revision
            $0.tags = router.tags
            $0.adminStateUp = router.isAdminUp
            $0.status = router.status.rawValue
            $0.statusReason = router.statusReason
            if let gateway {
                $0.externalGatewayInfo = gateway.gatewayWire
                $0.externalGateways = ([gateway] + extraGateways).map(\.gatewayWire)
            }
            $0.conntrackHelpers = helpers.map(\.rule.wire)
            $0.routes = router.routes.map(\.wire)
            $0.flavorID = router.flavorID
            $0.availabilityZoneHints = router.availabilityZoneHints
            if let availabilityZone, !availabilityZone.isEmpty { $0.availabilityZones = [availabilityZone] }
            $0.enableNdpProxy = router.enablesNDPProxy
            $0.enableDefaultRouteBfd = router.enablesDefaultRouteBFD
            $0.enableDefaultRouteEcmp = router.enablesDefaultRouteECMP
        }
    }
}

extension RouterPort {
    fileprivate var gatewayWire: Wire.ExternalGateway {
        .with {
            $0.networkID = networkID.description
            $0.enableSnat = enablesSNAT
            $0.externalFixedIps = addresses.map { fixed in
                .with {
                    $0.subnetID = fixed.subnetID.description
                    $0.ipAddress = fixed.address.description
                }
            }
        }
    }
}

extension InterfaceResult {
    /// What was attached or detached, as it travels.
    var wire: Wire.RouterInterface {
        .with {
            $0.id = router.id.description
            $0.projectID = router.projectID
            $0.portID = portID.description
            $0.networkID = networkID.description
            $0.subnetID = subnetIDs.first?.description ?? ""
            $0.subnetIds = subnetIDs.map(\.description)
            $0.tags = router.tags
        }
    }
}
