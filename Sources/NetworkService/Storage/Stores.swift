internal import Postgres

/// All statements, to be sent to one database or in one transaction.
struct Stores: Sendable {
    let source: any QueryRunner

    var networks: NetworkStore { NetworkStore(source: source) }
    var segments: SegmentStore { SegmentStore(source: source) }
    var subnets: SubnetStore { SubnetStore(source: source) }
    var ports: PortStore { PortStore(source: source) }
    var addresses: AddressStore { AddressStore(source: source) }
    var references: ReferenceStore { ReferenceStore(source: source) }
    var addressScopes: AddressScopeStore { AddressScopeStore(source: source) }
    var subnetPools: SubnetPoolStore { SubnetPoolStore(source: source) }
    var availabilities: AvailabilityStore { AvailabilityStore(source: source) }
    var rbacPolicies: RBACPolicyStore { RBACPolicyStore(source: source) }
    var securityGroups: SecurityGroupStore { SecurityGroupStore(source: source) }
    var securityGroupRules: SecurityGroupRuleStore { SecurityGroupRuleStore(source: source) }
    var quotas: QuotaStore { QuotaStore(source: source) }
}
