internal import Addressing
internal import ResourceModel

/// A router as its project sees it.
struct Router: Hashable, Sendable {
    let id: RouterID
    var projectID: String
    var name = ""
    var description = ""
    var tags: [String] = []
    var isAdminUp = true
    var status = Status.active
    var statusReason = ""
    var routes: [ExtraRoute] = []
    var availabilityZoneHints: [String] = []
    var flavorID = ""
    var enablesNDPProxy = false
    var enablesDefaultRouteBFD = false
    var enablesDefaultRouteECMP = false
    /// The node agent that hosts it.
    var agentID: AgentID?
    var revision: Revision = 1
    var createdAt = Timestamp(microseconds: 0)
    var updatedAt = Timestamp(microseconds: 0)

    /// Whether the data plane is as wanted.
    ///
    /// Placement never shows here: a router is ACTIVE from the start and ERROR only when its node said that it failed.
    enum Status: String, Sendable {
        case active = "ACTIVE"
        case error = "ERROR"
    }
}

/// A router with what a reader wants to know besides its own attributes.
struct RouterView: Hashable, Sendable {
    var router: Router
    /// The compatible gateway.
    var gateway: RouterPort?
    var extraGateways: [RouterPort] = []
    var helpers: [ConntrackHelper] = []
    /// The zone of the agent that hosts it.
    var availabilityZone: String?
}

/// The attributes that a creator chooses.
struct RouterDraft: Sendable {
    var id: RouterID
    /// Empty is the caller's.
    var projectID = ""
    var name = ""
    var description = ""
    var tags: [String] = []
    var isAdminUp = true
    var gateway: GatewayRequest?
    var availabilityZoneHints: [String] = []
    var enablesNDPProxy = false
    var enablesDefaultRouteBFD = false
    var enablesDefaultRouteECMP = false
}

/// What an update takes over; nil leaves the attribute as it is.
struct RouterChange: Sendable {
    var name: String?
    var description: String?
    var isAdminUp: Bool?
    var routes: [ExtraRoute]?
    var tags: [String]?
    var addedTags: [String] = []
    var removedTags: [String] = []
    var enablesNDPProxy: Bool?
    var enablesDefaultRouteBFD: Bool?
    var enablesDefaultRouteECMP: Bool?
    /// Some nil removes the gateway.
    var gateway: GatewayRequest??
    /// The revision that the router must have.
    var expectedRevision: Revision?

    /// Takes over everything but the gateway and the routes, which depend on what is attached.
    func apply(to router: inout Router) throws(RouterError) {
        if let name { router.name = try TextRules.checked(name, "name") }
        if let description { router.description = try TextRules.checked(description, "description") }
        if let isAdminUp { router.isAdminUp = isAdminUp }
        if let enablesNDPProxy { router.enablesNDPProxy = enablesNDPProxy }
        if let enablesDefaultRouteBFD { router.enablesDefaultRouteBFD = enablesDefaultRouteBFD }
        if let enablesDefaultRouteECMP { router.enablesDefaultRouteECMP = enablesDefaultRouteECMP }
        var tags = tags ?? router.tags
        tags.removeAll { removedTags.contains($0) }
        for tag in addedTags where !tags.contains(tag) { tags.append(tag) }
        router.tags = try TextRules.checkedTags(tags)
    }
}

/// Limits on what people write.
enum TextRules {
    static let longest = 255
    static let mostTags = 50

    static func checked(_ text: String, _ attribute: String) throws(RouterError) -> String {
        guard text.unicodeScalars.count <= longest else {
            throw .invalidInput("\(attribute) is longer than \(longest) characters")
        }
        guard !text.unicodeScalars.contains("\0") else { throw .invalidInput("\(attribute) contains a NUL character") }
        return text
    }

    static func checkedTags(_ tags: [String]) throws(RouterError) -> [String] {
        guard tags.count <= mostTags else { throw .badRequest("more than \(mostTags) tags") }
        guard Set(tags).count == tags.count else { throw .badRequest("a tag stands twice in the list") }
        for tag in tags { _ = try checked(tag, "a tag") }
        return tags
    }
}
