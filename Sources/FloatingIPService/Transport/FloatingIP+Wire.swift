internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

extension FloatingIPDraft {
    /// The draft that a create request carries.
    init(wire: Wire.FloatingIP) throws(FloatingIPError) {
        guard !wire.floatingNetworkID.isEmpty else { throw .invalidInput("floating_network_id must be given") }
        try wire.requireNoPolicy()
        self.init(
            id: wire.id.isEmpty
                ? .random() : try Wire.id(wire.id, or: { .badRequest("id '\($0)' is not a UUID") }),
            projectID: wire.projectID,
            networkID: try Wire.id(wire.floatingNetworkID, or: FloatingIPError.networkNotFound)
        )
        if !wire.floatingIpAddress.isEmpty {
            guard let wanted = IPv4Address(wire.floatingIpAddress) else {
                throw .invalidInput("floating_ip_address '\(wire.floatingIpAddress)' is not an IPv4 address")
            }
            address = wanted
        }
        if !wire.subnetID.isEmpty { subnetID = try Wire.id(wire.subnetID, or: FloatingIPError.subnetNotFound) }
        association = try AssociationRequest.reading(wire)
        description = wire.description_p
        tags = wire.tags
        dnsName = wire.dnsName
        dnsDomain = wire.dnsDomain
    }
}

extension AssociationRequest {
    /// The wish that a request carries; nil when it names no port.
    static func reading(_ wire: Wire.FloatingIP) throws(FloatingIPError) -> AssociationRequest? {
        guard !wire.portID.isEmpty else {
            guard wire.fixedIpAddress.isEmpty else {
                throw .badRequest("fixed_ip_address can be given only together with port_id")
            }
            return nil
        }
        var request = AssociationRequest(portID: try Wire.id(wire.portID, or: FloatingIPError.portNotFound))
        if !wire.fixedIpAddress.isEmpty {
            request.fixedAddress = try Wire.address(wire.fixedIpAddress, "fixed_ip_address")
        }
        if !wire.routerID.isEmpty { request.routerID = try Wire.id(wire.routerID, or: FloatingIPError.routerNotFound) }
        return request
    }
}

extension FloatingIPChange {
    /// The change that an update request carries.
    init(wire request: L3_Floatingip_V1_UpdateFloatingIPRequest) throws(FloatingIPError) {
        self.init()
        addedTags = request.addTags
        removedTags = request.removeTags
        expectedRevision = request.expectedRevisionNumber == 0 ? nil : request.expectedRevisionNumber
        let paths = Set(request.updateMask.paths)
        for path in paths { try take(path, from: request.floatingip) }
        // What is not in the mask is not meant.
        var meant = request.floatingip
        if !paths.contains("port_id") { meant.portID = "" }
        if !paths.contains("fixed_ip_address") { meant.fixedIpAddress = "" }
        if !paths.contains("router_id") { meant.routerID = "" }
        let wish = try AssociationRequest.reading(meant)
        if paths.contains("port_id") { association = .some(wish) }
    }

    private mutating func take(_ path: String, from floatingIP: Wire.FloatingIP) throws(FloatingIPError) {
        switch path {
        case "description": description = floatingIP.description_p
        case "tags": tags = floatingIP.tags
        case "port_id", "fixed_ip_address", "router_id": break
        case "qos_policy_id": try floatingIP.requireNoPolicy()
        default: throw .invalidInput("\(path) cannot be changed")
        }
    }
}

extension Wire.FloatingIP {
    fileprivate func requireNoPolicy() throws(FloatingIPError) {
        guard qosPolicyID.isEmpty else { throw .policyNotFound(qosPolicyID) }
    }
}

extension FloatingIPView {
    /// The floating IP as it travels.
    var wire: Wire.FloatingIP {
        .with {
            $0.id = floatingIP.id.description
            $0.projectID = floatingIP.projectID
            $0.description_p = floatingIP.description
            $0.createdAt = floatingIP.createdAt.wire
            $0.updatedAt = floatingIP.updatedAt.wire
            $0.revisionNumber = floatingIP.revision
            $0.tags = floatingIP.tags
            $0.floatingNetworkID = floatingIP.networkID.description
            $0.floatingIpAddress = floatingIP.address.description
            $0.portID = floatingIP.target?.portID.description ?? ""
            $0.fixedIpAddress = floatingIP.target?.address.description ?? ""
            $0.routerID = floatingIP.routerID?.description ?? ""
            $0.status = floatingIP.status.rawValue
            $0.statusReason = floatingIP.statusReason
            $0.dnsName = floatingIP.dnsName
            $0.dnsDomain = floatingIP.dnsDomain
            if let port { $0.portDetails = port.wire }
            $0.portForwardings = forwardings.map(\.info)
        }
    }
}

extension PortDetails {
    /// The details as they travel.
    fileprivate var wire: Wire.PortDetails {
        .with {
            $0.name = name
            $0.networkID = networkID
            $0.macAddress = macAddress
            $0.adminStateUp = isAdminUp
            $0.status = status
            $0.deviceID = deviceID
            $0.deviceOwner = deviceOwner
        }
    }
}

extension PortForwarding {
    /// What a floating IP shows of a forwarding.
    fileprivate var info: Wire.PortForwardingInfo {
        .with {
            $0.id = id.description
            $0.protocol = transport.rawValue
            $0.internalIpAddress = target.address.description
            $0.internalPortID = target.portID.description
            $0.internalPort = Int32(internalPorts.single ?? 0)
            $0.externalPort = Int32(externalPorts.single ?? 0)
        }
    }
}

extension FloatingIPPool {
    /// The pool as it travels.
    var wire: Wire.FloatingIPPool {
        .with {
            $0.subnetID = subnet.id.description
            $0.subnetName = subnet.name
            $0.networkID = subnet.networkID.description
            $0.cidr = subnet.cidr.description
            $0.projectID = projectID
        }
    }
}
