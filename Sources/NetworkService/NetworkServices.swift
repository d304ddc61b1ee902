internal import GRPCCore

/// The use cases over one database, and the gRPC services that offer them.
struct NetworkServices: Sendable {
    let storage: NetworkStorage
    let networks: NetworkRegistry
    let subnets: SubnetRegistry
    let ports: PortRegistry
    let reservations: ReservationRegistry
    let addressScopes: AddressScopeRegistry
    let subnetPools: SubnetPoolRegistry
    let rbacPolicies: RBACPolicyRegistry
    let securityGroups: SecurityGroupRegistry
    let securityGroupRules: SecurityGroupRuleRegistry
    let quotas: QuotaRegistry
    let domain: String

    init(
        storage: NetworkStorage,
        observers: [any PortObserver],
        routers: (any RouterDirectory)? = nil,
        defaultType: NetworkType,
        domain: String
    ) {
        self.storage = storage
        self.domain = domain
        networks = NetworkRegistry(storage: storage, observers: observers, defaultType: defaultType)
        subnets = SubnetRegistry(storage: storage)
        ports = PortRegistry(storage: storage, observers: observers, routers: routers)
        reservations = ReservationRegistry(ports: ports)
        addressScopes = AddressScopeRegistry(storage: storage)
        subnetPools = SubnetPoolRegistry(storage: storage)
        rbacPolicies = RBACPolicyRegistry(storage: storage)
        securityGroups = SecurityGroupRegistry(storage: storage)
        securityGroupRules = SecurityGroupRuleRegistry(storage: storage)
        quotas = QuotaRegistry(storage: storage)
    }

    var endpoints: [any RegistrableRPCService] {
        [
            NetworksEndpoint(registry: networks), SubnetsEndpoint(registry: subnets),
            PortsEndpoint(registry: ports, domain: domain),
            PortReservationsEndpoint(registry: reservations, domain: domain),
            AddressScopesEndpoint(registry: addressScopes), SubnetPoolsEndpoint(registry: subnetPools),
            RBACPoliciesEndpoint(registry: rbacPolicies), NetworkIPAvailabilitiesEndpoint(storage: storage),
            SecurityGroupsEndpoint(registry: securityGroups, rules: securityGroupRules),
            NetworkChangesEndpoint(storage: storage, domain: domain), QuotasEndpoint(registry: quotas),
        ]
    }
}
