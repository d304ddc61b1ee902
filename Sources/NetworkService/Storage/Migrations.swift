internal import Postgres

/// The schema, step by step.
enum Migrations {
    static let all: [Migration] = [
        createNetworks, createSubnets, createPorts, createAllocations, createReferences, createQuotas, createChanges,
        createSecurityGroups, createSubnetPools, createRBACPolicies, numberReferences,
    ]
}
