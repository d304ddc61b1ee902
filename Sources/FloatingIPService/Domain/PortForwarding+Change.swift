internal import Addressing
internal import ResourceModel

/// What a forwarding is to be like.
struct PortForwardingWish: Hashable, Sendable {
    var transport: PortForwarding.Transport
    /// The port it leads to.
    var portID: PortID
    /// The port's address; nil is its first IPv4 address.
    var address: IPv4Address?
    var externalPorts: PortRange
    var internalPorts: PortRange
    var description = ""
}

/// What an update takes over; nil leaves the attribute as it is.
struct PortForwardingChange: Hashable, Sendable {
    var transport: PortForwarding.Transport?
    var portID: PortID?
    var address: IPv4Address?
    var externalPorts: PortRange?
    var internalPorts: PortRange?
    var description: String?

    /// Whether others have to hold something else for it.
    var isMove: Bool { portID != nil || address != nil }
}

extension PortForwardingWish {
    /// A forwarding as it would be after a change; another port without an address means its first one.
    init(_ present: PortForwarding, _ change: PortForwardingChange) {
        transport = change.transport ?? present.transport
        portID = change.portID ?? present.target.portID
        address = change.address ?? (portID == present.target.portID ? present.target.address : nil)
        externalPorts = change.externalPorts ?? present.externalPorts
        internalPorts = change.internalPorts ?? present.internalPorts
        description = change.description ?? present.description
    }

    /// Refuses what is wrong in itself.
    func check() throws(FloatingIPError) {
        guard internalPorts.count == 1 || internalPorts.count == externalPorts.count else {
            throw .badRequest(
                "\(externalPorts.count) external ports go to as many internal ones or to one, not \(internalPorts.count)"
            )
        }
        _ = try TextRules.checked(description, "description")
    }

    /// The forwarding of a floating IP, leading there.
    func forwarding(
        _ id: PortForwardingID,
        of floatingIP: FloatingIPID,
        to target: FloatingIP.Target
    ) -> PortForwarding {
        PortForwarding(
            id: id,
            floatingIPID: floatingIP,
            transport: transport,
            target: target,
            externalPorts: externalPorts,
            internalPorts: internalPorts,
            description: description
        )
    }
}

extension Port {
    /// Where a forwarding leads that is of a floating IP of the project.
    ///
    /// - Throws: `badRequest` when the port is another project's, or does not have the address.
    func target(
        at address: IPv4Address?,
        ofProject owner: String,
        as context: RequestContext
    ) throws(FloatingIPError) -> FloatingIP.Target {
        guard context.isAdmin || projectID == owner else {
            throw .badRequest("port \(id) belongs to another project than the floating IP")
        }
        guard let target = targets.first(where: { address == nil || $0.address == address }) else {
            throw .badRequest("port \(id) does not have \(address.map { "address \($0)" } ?? "an IPv4 address")")
        }
        return target
    }
}

extension FloatingIP {
    /// Has its forwardings carried by a router, or ends that it carries any.
    mutating func carryForwardings(on router: RouterID?) {
        guard router != routerID else { return }
        if let router {
            (status, statusReason) = (.down, "")
            lastRouterID = router
        }
        routerID = router
    }
}
