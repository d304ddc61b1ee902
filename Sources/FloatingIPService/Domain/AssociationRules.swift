internal import Addressing
internal import ResourceModel

extension Port {
    /// The owner of ports that answer for DHCP, which nothing can be mapped to.
    static let dhcpOwner = "network:dhcp"

    /// The fixed address that a floating IP of the project is mapped to, by the rules in their order: whose the port is,
    /// what it is for, which of its addresses.
    ///
    /// - Throws: `badRequest`.
    func target(
        for request: AssociationRequest,
        ofProject owner: String,
        as context: RequestContext
    ) throws(FloatingIPError) -> FloatingIP.Target {
        guard context.isAdmin || projectID == owner else {
            throw .badRequest("port \(id) belongs to another project than the floating IP")
        }
        guard deviceOwner != Port.dhcpOwner else {
            throw .badRequest("port \(id) is a DHCP port, which floating IPs cannot be associated with")
        }
        guard let given = request.fixedAddress else { return try onlyTarget() }
        return try target(at: given)
    }

    private func target(at given: IPAddress) throws(FloatingIPError) -> FloatingIP.Target {
        guard case .v4(let address) = given else { throw .badRequest("fixed address \(given) is not an IPv4 address") }
        guard let fixed = addresses.first(where: { $0.address == given }) else {
            throw .badRequest("port \(id) does not have fixed address \(given)")
        }
        return FloatingIP.Target(portID: id, address: address, subnetID: fixed.subnetID)
    }

    private func onlyTarget() throws(FloatingIPError) -> FloatingIP.Target {
        let targets = targets
        guard let only = targets.first else { throw .badRequest("port \(id) has no IPv4 address") }
        guard targets.count == 1 else {
            throw .badRequest("port \(id) has several IPv4 addresses: fixed_ip_address must say which")
        }
        return only
    }

    /// Everything of the port that something can be mapped to.
    var targets: [FloatingIP.Target] {
        addresses.compactMap { fixed in
            guard case .v4(let address) = fixed.address else { return nil }
            return FloatingIP.Target(portID: id, address: address, subnetID: fixed.subnetID)
        }
    }
}

extension FloatingIP {
    /// Whether the mapping may end with a port that is deleted on behalf of the context.
    ///
    /// An administrator can map a floating IP to another project's port; the port's owner cannot take it away. A program
    /// that deletes the port for somebody it does not name stands for the port's owner.
    func mayLetGo(ofPortOwnedBy owner: String, as context: RequestContext) -> Bool {
        guard context.roles.contains(.service) else { return context.owns(projectID: projectID) }
        return owner.isEmpty || owner == projectID
    }
}
