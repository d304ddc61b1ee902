/// A kind of object that projects may have so many of.
enum QuotaKind: String, Sendable, CaseIterable, Comparable {
    case network, subnet, port
    case subnetPool = "subnetpool"
    case rbacPolicy = "rbac_policy"
    case securityGroup = "security_group"
    case securityGroupRule = "security_group_rule"

    static func < (left: QuotaKind, right: QuotaKind) -> Bool { left.rawValue < right.rawValue }
}

/// One project's objects of one kind.
struct QuotaKey: Hashable, Sendable, Comparable {
    var projectID: String
    var kind: QuotaKind

    static func < (left: QuotaKey, right: QuotaKey) -> Bool {
        (left.projectID, left.kind) < (right.projectID, right.kind)
    }
}

/// How many objects a project without limits of its own may have; -1 is without limit.
struct QuotaDefaults: Hashable, Sendable {
    var network: Int64 = 100
    var subnet: Int64 = 100
    var port: Int64 = 500
    var subnetPool: Int64 = -1
    var rbacPolicy: Int64 = 10
    var securityGroup: Int64 = 10
    var securityGroupRule: Int64 = 100

    subscript(kind: QuotaKind) -> Int64 {
        switch kind {
        case .network: network
        case .subnet: subnet
        case .port: port
        case .subnetPool: subnetPool
        case .rbacPolicy: rbacPolicy
        case .securityGroup: securityGroup
        case .securityGroupRule: securityGroupRule
        }
    }
}

/// How many objects of a kind a project may have, and has.
struct QuotaLimit: Hashable, Sendable {
    var kind: QuotaKind
    /// -1 is without limit.
    var most: Int64
    var used: Int64
}
