/// A network, the layer-2 segment that subnets and ports belong to.
public enum NetworkKind: Sendable {}
/// A subnet, a block of addresses on a network.
public enum SubnetKind: Sendable {}
/// A port, a network's attachment point with its addresses.
public enum PortKind: Sendable {}
/// A subnet pool, prefixes that subnets take their blocks from.
public enum SubnetPoolKind: Sendable {}
/// An address scope, a set of subnet pools whose addresses do not overlap.
public enum AddressScopeKind: Sendable {}
/// A security group, a set of rules for ports.
public enum SecurityGroupKind: Sendable {}
/// A security group's rule.
public enum SecurityGroupRuleKind: Sendable {}
/// An RBAC policy, which lets a project use an object of another.
public enum RBACPolicyKind: Sendable {}
/// A router between subnets and an external network.
public enum RouterKind: Sendable {}
/// A floating IP, an external address mapped to a fixed one.
public enum FloatingIPKind: Sendable {}
/// A port forwarding of a floating IP.
public enum PortForwardingKind: Sendable {}
/// A node's agent.
public enum AgentKind: Sendable {}

/// The id of a network.
public typealias NetworkID = ID<NetworkKind>
/// The id of a subnet.
public typealias SubnetID = ID<SubnetKind>
/// The id of a port.
public typealias PortID = ID<PortKind>
/// The id of a subnet pool.
public typealias SubnetPoolID = ID<SubnetPoolKind>
/// The id of an address scope.
public typealias AddressScopeID = ID<AddressScopeKind>
/// The id of a security group.
public typealias SecurityGroupID = ID<SecurityGroupKind>
/// The id of a security group rule.
public typealias SecurityGroupRuleID = ID<SecurityGroupRuleKind>
/// The id of an RBAC policy.
public typealias RBACPolicyID = ID<RBACPolicyKind>
/// The id of a router.
public typealias RouterID = ID<RouterKind>
/// The id of a floating IP.
public typealias FloatingIPID = ID<FloatingIPKind>
/// The id of a port forwarding.
public typealias PortForwardingID = ID<PortForwardingKind>
/// The id of a node's agent.
public typealias AgentID = ID<AgentKind>

/// A resource's revision: starts at 1, grows with every change, never falls.
public typealias Revision = Int64
