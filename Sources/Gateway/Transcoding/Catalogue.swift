/// Everything that the API offers, worked out from the tables and the contracts once, when the program starts.
struct Catalogue: Sendable {
    private let codecs: [String: ResourceCodec]
    let router: ResourceCodec
    let routerActions: RouterActionCodec
    let scheduling: SchedulingCodec
    let subnetPool: ResourceCodec
    let subnetPoolActions: SubnetPoolActionCodec

    static let resources: [Resource] = [
        .network, .subnet, .subnetPool, .addressScope, .port, .rbacPolicy, .networkIPAvailability, .securityGroup,
        .securityGroupRule, .router,
        .floatingIP, .agent, .availabilityZone,
    ]

    /// - Throws: `TableError` when a table does not fit the contracts.
    init() throws(TableError) {
        var codecs: [String: ResourceCodec] = [:]
        router = try ResourceCodec(.router)
        codecs[Resource.router.collection] = router
        subnetPool = try ResourceCodec(.subnetPool)
        codecs[Resource.subnetPool.collection] = subnetPool
        for resource in Self.resources where codecs[resource.collection] == nil {
            codecs[resource.collection] = try ResourceCodec(resource)
        }
        routerActions = try RouterActionCodec()
        scheduling = try SchedulingCodec()
        subnetPoolActions = try SubnetPoolActionCodec()
        self.codecs = codecs
    }

    /// The collection of the given name, with underscores; nil when there is none.
    subscript(collection: String) -> ResourceCodec? { codecs[collection] }
}
