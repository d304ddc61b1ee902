internal import Addressing

/// One change that brings the kernel nearer to a router's plan.
///
/// All but `createDevice` may be repeated; a repeated removal finds nothing to do.
enum KernelChange: Hashable, Sendable {
    case createNamespace
    /// Takes the whole router out of the kernel, its ends on the node first so that nothing passes from then on.
    case removeNamespace
    /// Writes into the namespace which node it belongs to.
    case markNamespace
    case setParameters([NamespaceParameter: String])
    /// Makes the table with these elements, in the place of whatever bears its name.
    case replaceTable(TranslationPlan)
    case changeTable(TranslationChange)
    case removeDevice(String)
    /// Makes the device with both its ends, and the bridge where it is one of ours that is missing.
    case createDevice(DevicePlan)
    case configureDevice(String, DeviceSettings)
    /// Sets up the end on the node as the plan says.
    case configureHostEnd(DevicePlan)
    case addAddress(CIDR, device: String)
    case removeAddress(CIDR, device: String)
    case addLocalAddress(IPv4Address, device: String)
    case removeLocalAddress(IPv4Address, device: String)
    /// Lets a device answer for the addresses that it has entries for, or not.
    case setNeighbourProxying(Bool, device: String)
    case addNeighbourProxy(IPv6Address, device: String)
    case removeNeighbourProxy(IPv6Address, device: String)
    /// Makes the route, in the place of any other of ours to the same destination.
    case setRoute(RoutePlan)
    case removeRoute(RoutePlan)
    /// Lets what bears the exit's mark leave this way.
    case setExit(GatewayExit)
    /// With the way that it has, if any.
    case removeExit(UInt32, RoutePlan.Hop?)
}

/// Elements that leave and enter the maps of a router's table, and its helpers, in one transaction.
struct TranslationChange: Hashable, Sendable {
    /// With the values they have; an element that changes is in both.
    var removed = TranslationPlan()
    var added = TranslationPlan()
    /// Nil when they stay as they are; what is removed and added has none.
    var helpers: HelperChange?
    /// The same of further gateways' exits.
    var exits: ExitChange?

    var isEmpty: Bool { helpers == nil && exits == nil && removed == TranslationPlan() && added == TranslationPlan() }

    /// What makes the second of the first.
    init(from observed: TranslationPlan, to plan: TranslationPlan) {
        (removed.destinations, added.destinations) = Self.difference(observed.destinations, plan.destinations)
        (removed.sources, added.sources) = Self.difference(observed.sources, plan.sources)
        (removed.forwardings, added.forwardings) = Self.difference(observed.forwardings, plan.forwardings)
        (removed.gatewaySources, added.gatewaySources) =
            Self.difference(observed.gatewaySources, plan.gatewaySources)
        (removed.hairpinSources, added.hairpinSources) =
            Self.difference(observed.hairpinSources, plan.hairpinSources)
        (removed.exitSources, added.exitSources) = Self.difference(observed.exitSources, plan.exitSources)
        if observed.exits != plan.exits { exits = ExitChange(old: observed.exits, new: plan.exits) }
        if observed.helpers != plan.helpers { helpers = HelperChange(old: observed.helpers, new: plan.helpers) }
    }

    private static func difference<Key, Value: Equatable>(
        _ old: [Key: Value],
        _ new: [Key: Value]
    ) -> (removed: [Key: Value], added: [Key: Value]) {
        if old.isEmpty || new.isEmpty { return (old, new) }
        return (old.filter { new[$0.key] != $0.value }, new.filter { old[$0.key] != $0.value })
    }
}

/// All conntrack helpers of a router before and after a change.
struct HelperChange: Hashable, Sendable {
    var old: Set<HelperRule>
    var new: Set<HelperRule>
}

/// All exits of a router by further gateways before and after a change.
struct ExitChange: Hashable, Sendable {
    var old: Set<ExitNetwork>
    var new: Set<ExitNetwork>
}

/// Connections that must end because what they were translated by has gone.
enum ConntrackFlush: Hashable, Sendable {
    /// Those to and from an external address.
    case address(IPv4Address)
    /// Those to one forwarded port.
    case port(ForwardedPort)
}

/// An address that neighbours are to be told of.
struct DeviceAddress: Hashable, Sendable {
    var device: String
    var address: IPAddress
}
