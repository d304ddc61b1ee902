/// A network, the layer-2 segment that subnets and ports belong to.
public enum NetworkKind: Sendable {}
/// A subnet, a block of addresses on a network.
public enum SubnetKind: Sendable {}
/// A port, a network's attachment point with its addresses.
public enum PortKind: Sendable {}
/// A router between subnets and an external network.
public enum RouterKind: Sendable {}
/// A floating IP, an external address mapped to a fixed one.
public enum FloatingIPKind: Sendable {}
/// A port forwarding of a floating IP.
public enum PortForwardingKind: Sendable {}
/// A conntrack helper of a router.
public enum ConntrackHelperKind: Sendable {}
/// An NDP proxy, an IPv6 address that a router answers for.
public enum NDPProxyKind: Sendable {}
/// A node's agent.
public enum AgentKind: Sendable {}

/// The id of a network.
public typealias NetworkID = ID<NetworkKind>
/// The id of a subnet.
public typealias SubnetID = ID<SubnetKind>
/// The id of a port.
public typealias PortID = ID<PortKind>
/// The id of a router.
public typealias RouterID = ID<RouterKind>
/// The id of a floating IP.
public typealias FloatingIPID = ID<FloatingIPKind>
/// The id of a port forwarding.
public typealias PortForwardingID = ID<PortForwardingKind>
/// The id of a conntrack helper.
public typealias ConntrackHelperID = ID<ConntrackHelperKind>
/// The id of an NDP proxy.
public typealias NDPProxyID = ID<NDPProxyKind>
/// The id of a node's agent.
public typealias AgentID = ID<AgentKind>

/// A resource's revision: starts at 1, grows with every change, never falls.
public typealias Revision = Int64
