internal import ResourceModel

extension Resource {
    /// Availability zones, a list only.
    ///
    /// Source: Networking API v2.0, "Availability zones".
    static let availabilityZone = Resource(
        name: "availability_zone",
        collection: "availability_zones",
        title: "Availability zone",
        notFound: .availabilityZoneNotFound,
        backend: .router,
        contract: Contract(
            package: "l3.agent.v1",
            service: "Agents",
            noun: "AvailabilityZone",
            plural: "AvailabilityZones"
        ),
        verbs: .list,
        hasRevision: false,
        isTaggable: false,
        attributes: [
            Attribute("name", .text(255), .filter),
            Attribute("resource", .choice(["router", "network"]), .filter),
            Attribute("state", .choice(["available", "unavailable"]), .filter),
        ]
    )
}
