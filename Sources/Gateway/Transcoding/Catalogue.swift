/// Everything that the API offers, worked out from the tables and the contracts once, when the program starts.
struct Catalogue: Sendable {
    private let codecs: [String: ResourceCodec]
    /// The sub-collections, by the collections of their parents.
    private let subCodecs: [String: [String: ResourceCodec]]
    let router: ResourceCodec
    let routerActions: RouterActionCodec
    let scheduling: SchedulingCodec
    let subnetPool: ResourceCodec
    let subnetPoolActions: SubnetPoolActionCodec
    let availabilityZone: ResourceCodec
    let quotas: QuotaCodec

    static let resources: [Resource] = [
        .network, .subnet, .subnetPool, .addressScope, .port, .rbacPolicy, .networkIPAvailability, .securityGroup,
        .securityGroupRule, .router, .conntrackHelper, .floatingIP, .portForwarding, .floatingIPPool, .ndpProxy,
        .agent, .availabilityZone,
    ]

    /// - Throws: `TableError` when a table does not fit the contracts.
    init() throws(TableError) {
        var codecs: [String: ResourceCodec] = [:]
        router = try ResourceCodec(.router)
        codecs[Resource.router.collection] = router
        subnetPool = try ResourceCodec(.subnetPool)
        codecs[Resource.subnetPool.collection] = subnetPool
        availabilityZone = try ResourceCodec(.availabilityZone)
        codecs[Resource.availabilityZone.collection] = availabilityZone
        var subCodecs: [String: [String: ResourceCodec]] = [:]
        for resource in Self.resources where codecs[resource.collection] == nil {
            let codec = try ResourceCodec(resource)
            if let parent = resource.parent {
                subCodecs[parent.collection, default: [:]][resource.collection] = codec
            } else {
                codecs[resource.collection] = codec
            }
        }
        routerActions = try RouterActionCodec()
        scheduling = try SchedulingCodec()
        subnetPoolActions = try SubnetPoolActionCodec()
        quotas = try QuotaCodec()
        self.codecs = codecs
        self.subCodecs = subCodecs
    }

    /// The collection of the given name, with underscores; nil when there is none.
    subscript(collection: String) -> ResourceCodec? { codecs[collection] }

    /// The sub-collection of that name that the objects of a collection have; nil when they have none.
    subscript(parents: String, collection: String) -> ResourceCodec? { subCodecs[parents]?[collection] }
}
