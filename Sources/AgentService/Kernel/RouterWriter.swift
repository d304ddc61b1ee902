internal import Addressing
internal import Netlink
internal import ResourceModel

/// Carries out changes of one router, in their order, as many in one message as can be.
struct RouterWriter {
    let host: NodeHost
    let router: RouterNamespace
    let nodeNote: String
    let id: RouterID
    /// The numbers of the devices, those that were made included.
    private(set) var indices: [String: InterfaceIndex]
    private var requests: [RouteRequest] = []
    /// Devices to make before the requests are sent.
    private var devices: [NewDevice] = []

    /// A writer for a router whose devices have these numbers.
    init(
        host: NodeHost,
        router: RouterNamespace,
        nodeNote: String,
        id: RouterID,
        indices: [String: InterfaceIndex]
    ) {
        self.host = host
        self.router = router
        self.nodeNote = nodeNote
        self.id = id
        self.indices = indices
    }

    /// Carries out the changes; what concerns the namespace as a whole is done before and elsewhere.
    ///
    /// - Throws: At the first change that fails. What came before it is done, what comes after may be.
    mutating func apply(_ changes: [KernelChange]) throws(AgentError) {
        for change in changes { try apply(change) }
        try send()
    }

    private mutating func apply(_ change: KernelChange) throws(AgentError) {
        switch change {
        case .createNamespace, .removeNamespace:
            break
        case .markNamespace:
            var settings = LinkSettings(isUp: true)
            settings.alias = nodeNote
            requests.append(.configureLink(.loopback, settings))
            // At once: until then other nodes of this machine cannot know whose it is.
            try send()
        case .setParameters(let values):
            try router.set(values)
        case .replaceTable(let translation):
            try send()
            try router.commit(.table(translation))
        case .changeTable(let change):
            try send()
            try router.commit(.elements(change))
        case .createDevice(let plan):
            // What was asked for before may be the end of another device with this one's name.
            if devices.isEmpty { try send() }
            devices.append(NewDevice(plan: plan, index: nextIndex))
            indices[plan.name] = nextIndex
        case .configureHostEnd(let plan):
            try send()
            try host.configureHostEnd(of: plan)
        case .setNeighbourProxying(let isOn, let name):
            // The device may be about to be made.
            try send()
            try router.setNeighbourProxying(isOn, on: name)
        case .removeDevice, .configureDevice, .addAddress, .removeAddress, .addLocalAddress, .removeLocalAddress,
            .addNeighbourProxy, .removeNeighbourProxy, .setRoute, .removeRoute, .setExit, .removeExit:
            append(change)
        }
    }

    private mutating func append(_ change: KernelChange) {
        switch change {
        case .removeDevice(let name):
            if let index = indices.removeValue(forKey: name) { requests.append(.deleteLink(index)) }
        case .configureDevice(let name, let settings):
            append(on: name) { .configureLink($0, LinkSettings(settings)) }
        case .addAddress(let address, let name):
            append(on: name) { .replaceAddress(InterfaceAddress(address, on: $0)) }
        case .removeAddress(let address, let name):
            append(on: name) { .deleteAddress(InterfaceAddress(address, on: $0)) }
        case .addLocalAddress(let address, let name):
            append(on: name) { .replaceRoute(.local(.v4(address), on: $0)) }
        case .removeLocalAddress(let address, let name):
            append(on: name) { .deleteRoute(.local(.v4(address), on: $0)) }
        case .addNeighbourProxy(let address, let name):
            append(on: name) { .replaceNeighbourProxy(NeighbourProxy(address, on: $0)) }
        case .removeNeighbourProxy(let address, let name):
            append(on: name) { .deleteNeighbourProxy(NeighbourProxy(address, on: $0)) }
        case .setRoute(let route): requests.append(.replaceRoute(Route(route, indices)))
        case .removeRoute(let route): requests.append(.deleteRoute(Route(route, indices)))
        case .setExit(let exit):
            requests.append(.replaceRoute(exit.route(indices)))
            requests += GatewayExit.rules(exit.number).map { .replaceRule($0) }
        case .removeExit(let number, let hop):
            requests += GatewayExit.rules(number).map { .deleteRule($0) }
            if let hop { requests.append(.deleteRoute(GatewayExit(number: number, hop: hop).route(indices))) }
        default: break
        }
    }

    private mutating func append(on device: String, _ request: (InterfaceIndex) -> RouteRequest) {
        if let index = indices[device] { requests.append(request(index)) }
    }

    /// Chosen rather than asked for afterwards, so that all requests about a new device can go in one message.
    private var nextIndex: InterfaceIndex {
        InterfaceIndex(rawValue: (indices.values.map(\.rawValue).max() ?? InterfaceIndex.loopback.rawValue) + 1)
    }

    private mutating func send() throws(AgentError) {
        if !devices.isEmpty {
            let new = devices
            devices = []
            try host.create(new, note: KernelNames.note(ofHostEndIn: id), in: router.namespace)
        }
        guard !requests.isEmpty else { return }
        let batch = requests
        requests = []
        try router.apply(batch)
    }
}

extension LinkSettings {
    fileprivate init(_ settings: DeviceSettings) {
        self.init(
            isUp: settings.isUp,
            ipv4: IPv4Settings(
                forwarding: settings.forwards,
                arpIgnore: settings.arpIgnore,
                arpAnnounce: settings.arpAnnounce,
                reversePathFilter: settings.reversePathFilter
            ),
            ipv6AddressGeneration: settings.makesIPv6Addresses ? .eui64 : .manual
        )
        mac = settings.mac
        mtu = settings.mtu
    }
}

extension GatewayExit {
    /// The default route of its table.
    fileprivate func route(_ indices: [String: InterfaceIndex]) -> Route {
        let hop = NextHop(gateway: hop.gateway, interface: indices[hop.device], isOnLink: hop.isOnLink)
        return Route(
            to: CIDR(address: .any(.v4), prefixLength: 0) ?? CIDR(host: .any(.v4)),
            .forward([hop]),
            table: .init(rawValue: KernelNames.exitMark(number))
        )
    }

    /// The rules for an exit's mark: the main table but for its default route, then the exit's own.
    static func rules(_ number: UInt32) -> [RoutingRule] {
        let mark = KernelNames.exitMark(number)
        return [
            RoutingRule(priority: mark * 2 - 1, mark: mark, table: .main, skipsDefaultRoutes: true),
            RoutingRule(priority: mark * 2, mark: mark, table: .init(rawValue: mark)),
        ]
    }
}

extension Route {
    fileprivate init(_ plan: RoutePlan, _ indices: [String: InterfaceIndex]) {
        let hops = plan.hops.sorted { ($0.device, $0.gateway ?? .any(.v4)) < ($1.device, $1.gateway ?? .any(.v4)) }
        self.init(
            to: plan.destination,
            .forward(
                hops.map {
                    NextHop(gateway: $0.gateway, interface: indices[$0.device], isOnLink: $0.isOnLink)
                }
            )
        )
    }
}
