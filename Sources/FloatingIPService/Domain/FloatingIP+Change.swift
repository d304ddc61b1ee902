internal import Addressing
internal import ResourceModel

/// What a creator chooses.
struct FloatingIPDraft: Hashable, Sendable {
    var id: FloatingIPID
    /// Empty is the caller's.
    var projectID = ""
    var networkID: NetworkID
    /// The address wanted; nil takes any.
    var address: IPv4Address?
    /// The subnet to take the address from; nil takes any.
    var subnetID: SubnetID?
    var association: AssociationRequest?
    var description = ""
    var tags: [String] = []
    var dnsName = ""
    var dnsDomain = ""
}

/// A wish to be mapped to a port.
struct AssociationRequest: Hashable, Sendable {
    var portID: PortID
    /// The port's address; nil is its only IPv4 address.
    var fixedAddress: IPAddress?
    /// The router to go through; nil is the one that leads there.
    var routerID: RouterID?
}

/// What an update takes over; nil leaves the attribute as it is.
struct FloatingIPChange: Hashable, Sendable {
    var description: String?
    var tags: [String]?
    var addedTags: [String] = []
    var removedTags: [String] = []
    /// Some nil disassociates.
    var association: AssociationRequest??
    /// The revision that the floating IP must have.
    var expectedRevision: Revision?

    /// Takes over everything but the association.
    func apply(to floatingIP: inout FloatingIP) throws(FloatingIPError) {
        if let description { floatingIP.description = try TextRules.checked(description, "description") }
        var tags = tags ?? floatingIP.tags
        tags.removeAll { removedTags.contains($0) }
        for tag in addedTags where !tags.contains(tag) { tags.append(tag) }
        floatingIP.tags = try TextRules.checkedTags(tags)
    }
}

extension FloatingIPDraft {
    /// Refuses what is wrong in itself, and gives the owner of what is to be made.
    ///
    /// - Throws: `notAuthorized` for one who only reads, or chooses an address without being entitled to;
    ///   `badRequest` for another project's name; `invalidInput` for texts.
    func checkedOwner(as context: RequestContext) throws(FloatingIPError) -> String {
        guard context.canWrite else { throw .notAuthorized("floating IPs are not yours to create") }
        let owner = projectID.isEmpty ? context.projectID : projectID
        guard context.isAdmin || owner == context.projectID else {
            throw .badRequest("only administrators create floating IPs for other projects")
        }
        guard context.isAdmin || !owner.isEmpty else { throw .notAuthorized("the caller has no project") }
        guard address == nil || context.isAdmin || context.roles.contains(.manager) else {
            throw .notAuthorized("only managers and administrators choose a floating_ip_address")
        }
        return try TextRules.checked(owner, "project_id")
    }

    /// The floating IP to be made, with the address that it got.
    func floatingIP(ofProject owner: String, at address: IPv4Address) throws(FloatingIPError) -> FloatingIP {
        var made = FloatingIP(id: id, projectID: owner, networkID: networkID, address: address)
        made.description = try TextRules.checked(description, "description")
        made.tags = try TextRules.checkedTags(tags)
        made.dnsName = try DNSName.checked(host: dnsName)
        made.dnsDomain = try DNSName.checked(domain: dnsDomain)
        return made
    }
}

extension FloatingIP {
    /// - Throws: `revisionMismatch` unless the revision is the wanted one, or any is.
    func requireRevision(_ wanted: Revision?) throws(FloatingIPError) {
        guard let wanted, wanted != revision else { return }
        throw .revisionMismatch(id, wanted: wanted, present: revision)
    }
}
