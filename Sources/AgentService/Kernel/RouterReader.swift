internal import Addressing
internal import Netlink

/// What the kernel holds for a router, with the numbers by which it knows the router's devices.
struct RouterReading {
    var observed: ObservedRouter
    var indices: [String: InterfaceIndex]
}

extension RouterReading {
    /// The last words on internal devices other than these, in the place of an agent before this one.
    ///
    /// Whether it said anything there is not known: who never heard of the router passes them over.
    func farewells(sparing devices: Set<String> = []) -> [(interface: InterfaceIndex, plan: AdvertisementPlan)] {
        observed.devices.compactMap { name, device in
            guard KernelNames.isInternalDevice(name), !devices.contains(name), let index = indices[name],
                let plan = AdvertisementPlan(farewellOf: device.settings.mac, from: device.addresses)
            else { return nil }
            return (index, plan)
        }
    }
}

/// Reads back what the kernel holds for a router.
struct RouterReader {
    let host: NodeHost
    /// The mark of this node on its routers' namespaces.
    let nodeNote: String

    /// What the kernel holds in this namespace of a router.
    ///
    /// - Throws: `namespaceOfOtherNode`, `kernel`, `table`.
    func read(_ router: RouterNamespace) throws(AgentError) -> RouterReading {
        let contents = try router.contents(of: host.namespace)
        guard !contents.links.leadElsewhere else { throw .namespaceOfOtherNode(router.name) }
        var observed = ObservedRouter()
        observed.isMarked = contents.links.mark == nodeNote && contents.links.isLoopbackUp
        observed.parameters = contents.parameters
        observed.table = try router.readTable()
        var names: [InterfaceIndex: String] = [:]
        for link in contents.links.all { names[link.index] = link.name }
        for link in contents.links.devices {
            let hostEnd = try host.hostEnd(of: link)
            // Both ends go together, and they may have gone after the router's were listed: then the device is what is
            // missing, not its other end.
            if hostEnd == nil, try !router.has(link) { continue }
            observed.devices[link.name] = ObservedDevice(
                settings: DeviceSettings(link),
                hostEnd: hostEnd,
                proxiesNeighbours: link.proxiesNeighbours
            )
        }
        for address in contents.addresses {
            guard let name = names[address.interface] else { continue }
            observed.devices[name]?.addresses.insert(address.address)
        }
        for proxy in contents.neighbourProxies {
            guard let name = names[proxy.interface] else { continue }
            observed.devices[name]?.neighbourProxies.insert(proxy.address)
        }
        observed.note(contents.routes.filter { $0.table == .main || $0.table == .local }, names)
        observed.exits = [UInt32: ObservedExit](contents.rules, contents.routes, names)
        var indices: [String: InterfaceIndex] = [:]
        for (index, name) in names { indices[name] = index }
        return RouterReading(observed: observed, indices: indices)
    }
}

extension ObservedRouter {
    fileprivate mutating func note(_ routes: [Route], _ names: [InterfaceIndex: String]) {
        for route in routes {
            switch route.action {
            case .forward(let hops):
                self.routes[route.destination] = RoutePlan(
                    destination: route.destination,
                    hops: Set(hops.map { .init($0, names) })
                )
            case .local(let index):
                guard let name = names[index], case .v4(let address) = route.destination.address else { continue }
                devices[name]?.localAddresses.insert(address)
            case .blackhole, .unreachable:
                self.routes[route.destination] = RoutePlan(destination: route.destination, hops: [])
            }
        }
    }
}

extension RoutePlan.Hop {
    fileprivate init(_ hop: NextHop, _ names: [InterfaceIndex: String]) {
        gateway = hop.gateway
        device = hop.interface.flatMap { names[$0] } ?? ""
        isOnLink = hop.isOnLink
    }
}

extension [UInt32: ObservedExit] {
    /// The exits that rules and routes make, in whole or in part.
    fileprivate init(_ rules: [RoutingRule], _ routes: [Route], _ names: [InterfaceIndex: String]) {
        self = [:]
        for number in rules.compactMap({ KernelNames.exit(ofMark: $0.mark) }) {
            let hasRules = GatewayExit.rules(number).allSatisfy(rules.contains)
            self[number, default: ObservedExit()].hasRules = hasRules
        }
        for route in routes {
            guard let number = KernelNames.exit(ofMark: route.table.rawValue), route.destination.prefixLength == 0,
                case .forward(let hops) = route.action, let hop = hops.first
            else { continue }
            self[number, default: ObservedExit(hasRules: false)].hop = .init(hop, names)
        }
    }
}

extension DeviceSettings {
    /// The settings of a device as the kernel shows them.
    fileprivate init(_ link: Link) {
        self.init(
            mac: link.mac ?? .broadcast,
            mtu: link.mtu,
            isUp: link.isUp,
            forwards: link.ipv4?.forwarding ?? false,
            arpIgnore: link.ipv4?.arpIgnore ?? 0,
            arpAnnounce: link.ipv4?.arpAnnounce ?? 0,
            reversePathFilter: link.ipv4?.reversePathFilter ?? 0,
            // Nil where IPv6 is off altogether.
            makesIPv6Addresses: link.ipv6AddressGeneration ?? .manual != .manual
        )
    }
}
