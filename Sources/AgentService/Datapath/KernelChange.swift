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
    indirect case replaceTable(TranslationPlan)
    case changeTable(TranslationChange)
    case removeDevice(String)
    /// Makes the device with both its ends, and the bridge where it is one of ours that is missing.
    indirect case createDevice(DevicePlan)
    case configureDevice(String, DeviceSettings)
    /// Sets up the end on the node as the plan says.
    indirect case configureHostEnd(DevicePlan)
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
    var removed: [TranslationElement] = []
    var added: [TranslationElement] = []
    /// Nil when they stay as they are.
    var helpers: HelperChange?
    /// The same of further gateways' exits.
    var exits: ExitChange?

    var isEmpty: Bool { helpers == nil && exits == nil && removed.isEmpty && added.isEmpty }

    /// What makes the second of the first.
    init(from observed: TranslationPlan, to plan: TranslationPlan) {
        compare(observed.destinations, plan.destinations) { .destination($0, $1) }
        compare(observed.sources, plan.sources) { .source($0, $1) }
        compare(observed.forwardings, plan.forwardings) { .forwarding($0, $1) }
        compare(observed.gatewaySources, plan.gatewaySources) { .gatewaySource($0, $1) }
        compare(observed.hairpinSources, plan.hairpinSources) { .hairpinSource($0, $1) }
        compare(observed.exitSources, plan.exitSources) { .exitSource($0, $1) }
        if observed.exits != plan.exits { exits = ExitChange(old: observed.exits, new: plan.exits) }
        if observed.helpers != plan.helpers { helpers = HelperChange(old: observed.helpers, new: plan.helpers) }
    }

    private mutating func compare<Key, Value: Equatable>(
        _ old: [Key: Value],
        _ new: [Key: Value],
        _ element: (Key, Value) -> TranslationElement
    ) {
        removed.reserveCapacity(removed.count + (new.isEmpty ? old.count : 0))
        added.reserveCapacity(added.count + (old.isEmpty ? new.count : 0))
        for (key, value) in old where new.isEmpty || new[key] != value { removed.append(element(key, value)) }
        for (key, value) in new where old.isEmpty || old[key] != value { added.append(element(key, value)) }
    }

    /// These elements alone.
    init(removing removed: [TranslationElement], adding added: [TranslationElement]) {
        (self.removed, self.added) = (removed, added)
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
