import Addressing
import ResourceModel
import Testing

@testable import AgentService

@Suite struct RouterPlanTests {
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")

    @Test func `a router that is down has no plan`() {
        var specification = Samples.specification
        specification.isUp = false
        #expect(Samples.plan(Samples.desired(specification)) == nil)
        #expect(Samples.plan(Samples.desired(nil)) == nil)
    }

    @Test func `internal devices stand in the bridges of their networks, the gateway's in the operator's`() throws {
        let plan = try #require(Samples.plan(Samples.desired()))
        #expect(
            plan.devices[Samples.redDevice]?.bridge
                == BridgePlan(name: KernelNames.bridge(of: Samples.red), isOperators: false)
        )
        #expect(plan.devices[Samples.gatewayDevice]?.bridge == BridgePlan(name: "br-ex", isOperators: true))
        #expect(plan.problems.isEmpty)
    }

    @Test func `a missing external bridge fails the gateway and leaves the rest`() throws {
        let plan = try #require(Samples.plan(Samples.desired(Samples.specification, floating), bridges: []))
        #expect(plan.problems == [.bridgeMissing("br-ex")])
        #expect(plan.addressProblems == [floating.id: .bridgeMissing("br-ex")])
        #expect(Set(plan.devices.keys) == [Samples.redDevice, Samples.blueDevice])
        #expect(plan.translation == TranslationPlan())
    }

    @Test func `a physical network is carried by the bridge that it is mapped to`() throws {
        var specification = Samples.specification
        specification.gateways[0].port.physicalNetwork = "provider"
        specification.gateways[0].port.networkType = "flat"
        let layout = NodeLayout(externalBridge: "br-ex", physicalBridges: ["provider": "br-provider"])
        let plan = try #require(
            RouterPlan(Samples.desired(specification), layout: layout, operatorsBridges: ["br-provider"])
        )
        #expect(plan.devices[Samples.gatewayDevice]?.bridge.name == "br-provider")
        let unmapped = try #require(Samples.plan(Samples.desired(specification)))
        #expect(unmapped.problems == [.physicalNetworkUnknown("provider")])
    }

    @Test func `the default route leads to the external subnet's gateway`() throws {
        let plan = try #require(Samples.plan(Samples.desired()))
        #expect(
            plan.routes == [
                Samples.cidr("0.0.0.0/0"): RoutePlan(
                    destination: Samples.cidr("0.0.0.0/0"),
                    hops: [.init(gateway: Samples.ip("203.0.113.1"), device: Samples.gatewayDevice)]
                )
            ]
        )
    }

    @Test func `a gateway outside its subnet is reached on the link`() throws {
        var specification = Samples.specification
        specification.gateways[0].port.addresses[0].subnetGateway = Samples.ip("198.51.100.1")
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        let hop = try #require(plan.routes[Samples.cidr("0.0.0.0/0")]?.hops.first)
        #expect(hop == .init(gateway: Samples.ip("198.51.100.1"), device: Samples.gatewayDevice, isOnLink: true))
    }

    @Test func `further subnets of the external network are reached on the link`() throws {
        var specification = Samples.specification
        specification.gateways[0].onLinkNetworks = [Samples.cidr("198.51.100.0/24")]
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        let hops = try #require(plan.routes[Samples.cidr("198.51.100.0/24")]?.hops)
        #expect(hops == [.init(gateway: nil, device: Samples.gatewayDevice)])
    }

    @Test func `extra routes to one destination share the load`() throws {
        var specification = Samples.specification
        specification.routes = ["10.1.0.20", "10.2.0.20"].map {
            StaticRoute(destination: Samples.cidr("192.168.7.0/24"), nexthop: Samples.ip($0))
        }
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        #expect(
            plan.routes[Samples.cidr("192.168.7.0/24")]?.hops == [
                .init(gateway: Samples.ip("10.1.0.20"), device: Samples.redDevice),
                .init(gateway: Samples.ip("10.2.0.20"), device: Samples.blueDevice),
            ]
        )
    }

    @Test func `an extra default route goes before the gateway's`() throws {
        var specification = Samples.specification
        specification.routes = [StaticRoute(destination: Samples.cidr("0.0.0.0/0"), nexthop: Samples.ip("10.1.0.20"))]
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        #expect(plan.routes[Samples.cidr("0.0.0.0/0")]?.hops.map(\.device) == [Samples.redDevice])
    }

    @Test func `an extra route to a network of the router's own is passed over`() throws {
        var specification = Samples.specification
        specification.routes = [StaticRoute(destination: Samples.cidr("10.2.0.0/24"), nexthop: Samples.ip("10.1.0.20"))]
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        #expect(plan.routes[Samples.cidr("10.2.0.0/24")] == nil)
    }

    @Test func `a next hop that no network reaches is a problem of the router`() throws {
        var specification = Samples.specification
        let route = StaticRoute(destination: Samples.cidr("192.168.7.0/24"), nexthop: Samples.ip("172.16.0.1"))
        specification.routes = [route]
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        #expect(plan.problems == [.routeUnreachable(route)])
    }

    @Test func `a floating IP is translated both ways and answers ARP on the gateway`() throws {
        let plan = try #require(Samples.plan(Samples.desired(Samples.specification, floating)))
        #expect(plan.translation.destinations[floating.address]?.fixed == Samples.address("10.1.0.10"))
        #expect(plan.translation.sources == [Samples.address("10.1.0.10"): floating.address])
        #expect(
            plan.devices[Samples.gatewayDevice]?.addresses == [
                Samples.cidr("203.0.113.5/24"), Samples.cidr("203.0.113.10/32"),
            ]
        )
    }

    @Test func `sources are translated to the gateway's address only where that is wanted`() throws {
        let plan = try #require(Samples.plan(Samples.desired()))
        #expect(plan.translation.gatewaySources == [Samples.gatewayDevice: Samples.address("203.0.113.5")])
        var specification = Samples.specification
        specification.gateways[0].translatesSources = false
        let unchanged = try #require(Samples.plan(Samples.desired(specification)))
        #expect(unchanged.translation.gatewaySources.isEmpty)
        // A hairpin needs it all the same.
        #expect(Set(unchanged.translation.hairpinSources.keys) == [Samples.redDevice, Samples.blueDevice])
    }

    @Test func `a thousand and one floating IPs are local routes`() throws {
        let addresses = (0...UInt32(RouterPlan.addressLimit)).map { number in
            FloatingAddress(
                id: Samples.id(UInt64(number) + 100),
                revision: 1,
                address: IPv4Address(rawValue: 0xc633_0000 + number),
                network: Samples.external,
                use: .fixed(IPv4Address(rawValue: 0x0a01_0000 + number))
            )
        }
        var desired = Samples.desired()
        desired.addresses = Dictionary(uniqueKeysWithValues: addresses.map { ($0.id, $0) })
        let device = try #require(Samples.plan(desired)?.devices[Samples.gatewayDevice])
        #expect(device.localAddresses.count == 1001 && device.addresses.count == 1)
        // Those belong to no device, so ARP must be answered for any address of the router.
        #expect(device.arpIgnore == 0)
    }

    @Test func `a forwarded range keeps its offset, or leads to one port`() throws {
        var address = floating
        func rule(_ internalPorts: ClosedRange<UInt16>, _ transport: TransportProtocol) -> ForwardingRule {
            ForwardingRule(
                id: Samples.id(77),
                transport: transport,
                externalPorts: 8000...8002,
                internalAddress: Samples.address("10.1.0.10"),
                internalPorts: internalPorts
            )
        }
        address.use = .forwardings([rule(80...82, .tcp), rule(53...53, .udp)])
        let plan = try #require(Samples.plan(Samples.desired(Samples.specification, address)))
        func target(_ transport: TransportProtocol, _ port: UInt16) -> UInt16? {
            plan.translation.forwardings[ForwardedPort(address: address.address, transport: transport, port: port)]?
                .port
        }
        #expect((8000...8002).map { target(.tcp, $0) } == [80, 81, 82])
        #expect((8000...8002).map { target(.udp, $0) } == [53, 53, 53])
        #expect(plan.translation.destinations.isEmpty && plan.translation.sources.isEmpty)
        #expect(plan.devices[Samples.gatewayDevice]?.addresses.contains(Samples.cidr("203.0.113.10/32")) == true)
    }

    @Test func `a range of more than 1024 ports is a problem of its floating IP`() throws {
        var address = floating
        address.use = .forwardings([
            ForwardingRule(
                id: Samples.id(77),
                transport: .tcp,
                externalPorts: 1...1025,
                internalAddress: Samples.address("10.1.0.10"),
                internalPorts: 1...1025
            )
        ])
        let plan = try #require(Samples.plan(Samples.desired(Samples.specification, address)))
        #expect(plan.addressProblems == [address.id: .forwardingTooWide(Samples.id(77), limit: 1024)])
        #expect(plan.problems.isEmpty)
    }

    @Test func `a floating IP on a network without a gateway is its own problem`() throws {
        var address = floating
        address.network = Samples.blue
        let plan = try #require(Samples.plan(Samples.desired(Samples.specification, address)))
        #expect(plan.addressProblems == [address.id: .noGateway(network: Samples.blue)])
    }

    @Test func `a device with IPv6 gets its link-local address and the router forwards IPv6`() throws {
        var specification = Samples.specification
        specification.interfaces[0].addresses.append(
            PortAddress(address: Samples.cidr("2001:db8::1/64"), subnetGateway: nil)
        )
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        let device = try #require(plan.devices[Samples.redDevice])
        #expect(device.addresses.contains { $0.address.isLinkLocal && $0.version == .v6 })
        #expect(plan.parameters[.ipv6Forwarding] == "1")
        #expect(Samples.plan(Samples.desired())?.parameters[.ipv6Forwarding] == nil)
    }

    @Test func `floating IPs of a further gateway leave by it, its networks on the link included`() throws {
        var specification = Samples.specification
        specification.gateways.append(Samples.furtherGateway)
        specification.gateways[1].onLinkNetworks = [Samples.cidr("198.18.7.0/24"), Samples.cidr("2001:db8:f::/64")]
        var outer = Samples.floating(2, "192.0.2.10", to: "10.1.0.11")
        outer.network = Samples.further
        let plan = try #require(Samples.plan(Samples.desired(specification, floating, outer)))
        #expect(plan.translation.exitSources == [Samples.address("10.1.0.11"): 1])
        #expect(plan.exits == [1: .init(gateway: Samples.ip("192.0.2.1"), device: Samples.furtherDevice)])
        #expect(
            plan.translation.exits == [
                ExitNetwork(network: Samples.cidr("192.0.2.0/24"), number: 1),
                ExitNetwork(network: Samples.cidr("198.18.7.0/24"), number: 1),
            ]
        )
        #expect(plan.routes[Samples.cidr("0.0.0.0/0")]?.hops.map(\.device) == [Samples.gatewayDevice])
    }

    @Test func `who has one gateway, or further ones that lead nowhere else, has no exits`() throws {
        var specification = Samples.specification
        specification.gateways.append(Samples.furtherGateway)
        specification.gateways[1].port.addresses[0].subnetGateway = nil
        #expect(try #require(Samples.plan(Samples.desired(specification))).exits == [:])
        specification.gateways[1] = Samples.furtherGateway
        specification.gateways[1].port.network = Samples.external
        let same = try #require(Samples.plan(Samples.desired(specification)))
        #expect(same.exits == [:] && same.translation.exits == [])
        // The first that can be built is the one for what names none.
        specification = Samples.specification
        specification.gateways[0].port.physicalNetwork = "unknown"
        specification.gateways.append(Samples.furtherGateway)
        let promoted = try #require(Samples.plan(Samples.desired(specification)))
        #expect(promoted.exits == [:])
        #expect(promoted.routes[Samples.cidr("0.0.0.0/0")]?.hops.map(\.device) == [Samples.furtherDevice])
    }

    @Test func `internal addresses are answered for at the first gateway, those that can be reached`() throws {
        var specification = Samples.specification
        specification.interfaces[0].addresses.append(
            PortAddress(address: Samples.cidr("2001:db8::1/64"), subnetGateway: nil)
        )
        let further: PortID = Samples.id(0x904)
        specification.gateways.append(
            GatewaySpecification(
                port: Samples.port(further, on: Samples.id(0xe1), "198.51.100.5/24"),
                translatesSources: false,
                onLinkNetworks: []
            )
        )
        var desired = Samples.desired(specification)
        desired.neighbourProxies = ["2001:db8::10", "2001:db8:9::10", "fe80::10"].map(Samples.address6).reduce(into: [])
        {
            $0.insert($1)
        }
        // Not while the router does not do so at all.
        let silent = try #require(Samples.plan(desired))
        #expect(silent.devices.values.allSatisfy { !$0.proxiesNeighbours && $0.neighbourProxies.isEmpty })
        desired.specification?.proxiesNeighbours = true
        let plan = try #require(Samples.plan(desired))
        let answering = plan.devices.values.filter(\.proxiesNeighbours)
        #expect(answering.map(\.name) == [Samples.gatewayDevice])
        #expect(answering.map(\.neighbourProxies) == [[Samples.address6("2001:db8::10")]])
        // Nor at another gateway when the first cannot be built.
        desired.specification?.gateways[0].port.physicalNetwork = "unknown"
        let failed = try #require(Samples.plan(desired))
        #expect(failed.devices.values.allSatisfy { !$0.proxiesNeighbours })
    }

    @Test func `a helper that the kernel lacks is left out, and the plan is whole without it`() throws {
        var specification = Samples.specification
        specification.helpers = [Samples.helper("ftp", 21), Samples.helper("sip", 5060)]
        let plan = try #require(
            RouterPlan(
                Samples.desired(specification, floating),
                layout: NodeLayout(),
                operatorsBridges: ["br-ex"],
                missingModules: [HelperModule(name: "sip", transport: .tcp)]
            )
        )
        #expect(plan.translation.helpers == [Samples.helper("ftp", 21)])
        #expect(plan.helperProblems == [.helperMissing(Samples.helper("sip", 5060))])
        #expect(plan.isComplete)
    }
}
