internal import Addressing
internal import ResourceModel

extension RouterPlan {
    /// How many floating IPs of a router are addresses of its gateway device; those of a router with more are routes.
    static let addressLimit = 1000

    /// The plan of a router, or nil when nothing of it is to be in the kernel.
    ///
    /// `operatorsBridges` are those of the layout's bridges that exist, `missingModules` what the kernel has not. What
    /// cannot be built is left out and named in the plan's problems.
    init?(
        _ desired: DesiredRouter,
        layout: NodeLayout,
        operatorsBridges: Set<String>,
        missingModules: Set<HelperModule> = []
    ) {
        guard let specification = desired.specification, specification.isUp else { return nil }
        var builder = RouterPlanBuilder(layout: layout, operatorsBridges: operatorsBridges)
        for port in specification.interfaces { builder.addInterface(port) }
        for gateway in specification.gateways { builder.addGateway(gateway) }
        builder.addFloatingAddresses(desired.addresses.values.sorted { $0.id < $1.id })
        builder.addRoutes(of: specification)
        if specification.proxiesNeighbours { builder.addNeighbourProxies(desired.neighbourProxies, of: specification) }
        builder.addHelpers(specification.helpers, missing: missingModules)
        self.init(
            router: desired.id,
            parameters: builder.parameters,
            devices: builder.devices,
            routes: builder.routes,
            translation: builder.translation,
            exits: builder.exits,
            advertisements: builder.advertisements,
            gateways: Dictionary(builder.gateways.map { ($0.network, $0.device) }) { first, _ in first },
            isContested: builder.isContested,
            problems: builder.problems,
            helperProblems: builder.helperProblems,
            addressProblems: builder.addressProblems
        )
    }
}

/// The plan of one router in the making.
struct RouterPlanBuilder {
    let layout: NodeLayout
    let operatorsBridges: Set<String>
    private(set) var devices: [String: DevicePlan] = [:]
    private(set) var routes: [CIDR: RoutePlan] = [:]
    private(set) var translation = TranslationPlan()
    private(set) var advertisements: [String: AdvertisementPlan] = [:]
    private(set) var exits: [UInt32: RoutePlan.Hop] = [:]
    private(set) var problems: [PlanProblem] = []
    private(set) var helperProblems: [PlanProblem] = []
    private(set) var addressProblems: [FloatingIPID: PlanProblem] = [:]
    private(set) var isContested = false
    /// The gateways that could be built, the first of them being the one for what names none.
    private(set) var gateways: [Gateway] = []
    private var internalDevices: [String] = []
    /// Why a network has no gateway here though the router has one on it.
    private var gatewayProblems: [NetworkID: PlanProblem] = [:]

    /// A gateway's network and device.
    struct Gateway {
        var network: NetworkID
        var device: String
    }

    init(layout: NodeLayout, operatorsBridges: Set<String>) {
        self.layout = layout
        self.operatorsBridges = operatorsBridges
    }

    var parameters: [NamespaceParameter: String] {
        var parameters: [NamespaceParameter: String] = [
            .ipv4Forwarding: "1", .reversePathFilter: "0", .conntrackTCPIsLiberal: "1",
        ]
        let hasIPv6 = devices.values.contains { $0.addresses.contains { $0.version == .v6 } }
        if hasIPv6 { parameters[.ipv6Forwarding] = "1" }
        return parameters
    }

    mutating func addInterface(_ port: PortSpecification) {
        let name = KernelNames.internalDevice(port.id)
        do throws(PlanProblem) {
            try addDevice(port, name: name, isGateway: false)
            internalDevices.append(name)
            if let source = linkLocalAddress(of: port.mac) {
                advertisements[name] = AdvertisementPlan(port, from: source)
            }
        } catch {
            problems.append(error)
        }
    }

    mutating func addGateway(_ gateway: GatewaySpecification) {
        let port = gateway.port
        let name = KernelNames.gatewayDevice(port.id)
        do throws(PlanProblem) {
            try addDevice(port, name: name, isGateway: true)
            // A second gateway on a network carries no floating IPs.
            if !gateways.isEmpty, !gateways.contains(where: { $0.network == port.network }) {
                addExit(of: gateway, by: name)
            }
            gateways.append(Gateway(network: port.network, device: name))
        } catch {
            problems.append(error)
            gatewayProblems[port.network] = error
            return
        }
        for network in gateway.onLinkNetworks { addRoute(to: network, .init(gateway: nil, device: name)) }
        if gateways.count == 1 { addDefaultRoutes(of: port, by: name) }
        addSource(of: gateway, device: name)
    }

    private mutating func addDevice(
        _ port: PortSpecification,
        name: String,
        isGateway: Bool
    ) throws(PlanProblem) {
        let bridge = try layout.bridge(for: port, isGateway: isGateway)
        guard !bridge.isOperators || operatorsBridges.contains(bridge.name) else { throw .bridgeMissing(bridge.name) }
        var addresses = Set(port.addresses.map(\.address))
        if addresses.contains(where: { $0.version == .v6 }), let linkLocal = linkLocalAddress(of: port.mac) {
            addresses.insert(CIDR(address: .v6(linkLocal), prefixLength: 64) ?? CIDR(host: .v6(linkLocal)))
        }
        devices[name] = DevicePlan(
            name: name,
            hostEnd: KernelNames.hostEnd(port.id),
            bridge: bridge,
            mac: port.mac,
            mtu: port.mtu,
            arpIgnore: 1,
            addresses: addresses,
            localAddresses: []
        )
    }

    /// The address that neighbours know the router by; the kernel makes none because it would probe it for a second.
    private func linkLocalAddress(of mac: MACAddress) -> IPv6Address? {
        CIDR("fe80::/64").flatMap { IPv6Address.eui64(prefix: $0, mac: mac) }
    }

    private mutating func addDefaultRoutes(of port: PortSpecification, by device: String) {
        for address in port.addresses {
            guard let nexthop = address.subnetGateway,
                let everywhere = CIDR(address: .any(nexthop.version), prefixLength: 0)
            else { continue }
            let isOnLink = !address.address.contains(nexthop)
            addRoute(to: everywhere, .init(gateway: nexthop, device: device, isOnLink: isOnLink))
        }
    }

    /// A further gateway's own way out; only IPv4 has floating IPs.
    private mutating func addExit(of gateway: GatewaySpecification, by device: String) {
        let addresses = gateway.port.addresses.filter { $0.address.version == .v4 }
        guard let address = addresses.first(where: { $0.subnetGateway != nil }), let nexthop = address.subnetGateway
        else { return }
        let number = UInt32(exits.count + 1)
        exits[number] = .init(gateway: nexthop, device: device, isOnLink: !address.address.contains(nexthop))
        let networks = addresses.map(\.address.network) + gateway.onLinkNetworks.filter { $0.version == .v4 }
        translation.exits.formUnion(networks.map { ExitNetwork(network: $0.network, number: number) })
    }

    /// Several subnets of one family each have a gateway; the first one's is taken.
    private mutating func addRoute(to destination: CIDR, _ hop: RoutePlan.Hop) {
        guard routes[destination] == nil else { return }
        routes[destination] = RoutePlan(destination: destination, hops: [hop])
    }

    private mutating func addSource(of gateway: GatewaySpecification, device: String) {
        let addresses = gateway.port.addresses.compactMap { address -> IPv4Address? in
            guard case .v4(let address) = address.address.address else { return nil }
            return address
        }
        guard let source = addresses.first else {
            if gateway.translatesSources, gateway.port.addresses.isEmpty {
                problems.append(.gatewayWithoutAddress(gateway.port.id))
            }
            return
        }
        if gateway.translatesSources { translation.gatewaySources[device] = source }
        // Holds without translation of sources too: else the answer to a client next to the server would pass us by.
        if translation.hairpinSources.isEmpty {
            for device in internalDevices { translation.hairpinSources[device] = source }
        }
    }
}

extension RouterPlanBuilder {
    /// The extra routes, which go before what the gateways gave.
    mutating func addRoutes(of specification: RouterSpecification) {
        var hops: [CIDR: Set<RoutePlan.Hop>] = [:]
        for route in specification.routes {
            guard let device = device(reaching: route.nexthop) else {
                problems.append(.routeUnreachable(route))
                continue
            }
            hops[route.destination.network, default: []].insert(.init(gateway: route.nexthop, device: device))
        }
        let connected = Set(devices.values.flatMap { $0.addresses.map(\.network) })
        // The kernel's route to a network of the router's own would be lost to a route of the same destination.
        for (destination, hops) in hops where !connected.contains(destination) {
            routes[destination] = RoutePlan(destination: destination, hops: hops)
        }
    }

    /// The addresses to answer for, at the first gateway and at no other.
    ///
    /// Only those on an internal network that could be built: packets for others would go round between the router and
    /// its gateway.
    mutating func addNeighbourProxies(_ proxies: Set<IPv6Address>, of specification: RouterSpecification) {
        guard let gateway = specification.gateways.first.map({ KernelNames.gatewayDevice($0.port.id) }),
            devices[gateway] != nil
        else { return }
        let reached = internalDevices.flatMap { devices[$0]?.addresses ?? [] }.filter { !$0.address.isLinkLocal }
        devices[gateway]?.proxiesNeighbours = true
        devices[gateway]?.neighbourProxies = proxies.filter { address in reached.contains { $0.contains(.v6(address)) }
        }
    }

    mutating func addHelpers(_ helpers: Set<HelperRule>, missing: Set<HelperModule>) {
        translation.helpers = helpers.filter { !missing.contains($0.module) }
        helperProblems = helpers.subtracting(translation.helpers).sorted().map { .helperMissing($0) }
    }

    private func device(reaching nexthop: IPAddress) -> String? {
        let connected = devices.values.filter { device in
            device.addresses.contains { $0.prefixLength < $0.version.bitWidth && $0.contains(nexthop) }
        }
        if let device = connected.min(by: { $0.name < $1.name }) { return device.name }
        return routes.values.lazy
            .filter { $0.destination.contains(nexthop) }
            .flatMap(\.hops).filter { $0.gateway == nil }
            .map(\.device).min()
    }

    /// The floating IPs: their maps, and their addresses on the gateway's device so that ARP is answered.
    mutating func addFloatingAddresses(_ addresses: [FloatingAddress]) {
        var carried: [String: Set<IPv4Address>] = [:]
        for address in addresses {
            do throws(PlanProblem) {
                let gateway = try gateway(on: address.network)
                try translate(address, by: gateway)
                if !carried[gateway, default: []].insert(address.address).inserted { isContested = true }
            } catch {
                addressProblems[address.id] = error
            }
        }
        for (device, addresses) in carried {
            devices[device]?.floatingCount = addresses.count
            guard addresses.count > RouterPlan.addressLimit else {
                devices[device]?.addresses.formUnion(addresses.map { CIDR(host: .v4($0)) })
                continue
            }
            devices[device]?.localAddresses = addresses
            devices[device]?.arpIgnore = 0
        }
    }

    private func gateway(on network: NetworkID) throws(PlanProblem) -> String {
        if let gateway = gateways.first(where: { $0.network == network }) { return gateway.device }
        throw gatewayProblems[network] ?? .noGateway(network: network)
    }

    private mutating func translate(_ address: FloatingAddress, by gateway: String) throws(PlanProblem) {
        switch address.use {
        case .fixed(let fixed):
            // While a fixed or floating address changes hands both holders may be known for a moment; ids decide.
            guard translation.destinations[address.address] == nil else {
                isContested = true
                return
            }
            translation.destinations[address.address] = FloatingTarget(fixed: fixed, id: address.id)
            if translation.sources[fixed] == nil {
                translation.sources[fixed] = address.address
                translation.exitSources[fixed] = exits.number(of: gateway)
            } else {
                isContested = true
            }
        case .forwardings(let rules):
            try translation.forward(rules, from: address.address)
        }
    }
}

extension TranslationPlan {
    /// Adds the forwardings of a floating IP.
    ///
    /// - Throws: `forwardingTooWide`; nothing is added then.
    mutating func forward(_ rules: [ForwardingRule], from address: IPv4Address) throws(PlanProblem) {
        let limit = Self.forwardedPortLimit
        if let rule = rules.first(where: { $0.externalPorts.count > limit }) {
            throw .forwardingTooWide(rule.id, limit: limit)
        }
        for rule in rules {
            for port in rule.externalPorts {
                let key = ForwardedPort(address: address, transport: rule.transport, port: port)
                forwardings[key] = Endpoint(address: rule.internalAddress, port: rule.internalPort(for: port))
            }
        }
    }

    /// How many ports one forwarding may have: each is an element of the map, because the kernel's structure for ranges
    /// costs 115 KiB per router and 20 times the time per change.
    static var forwardedPortLimit: Int { 1024 }
}
