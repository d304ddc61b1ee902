import Addressing
import ResourceModel

@testable import AgentService

/// The shapes of routers that the agent can make, each with a golden listing of its name.
enum GoldenRouter: String, CaseIterable {
    case plain
    case withoutGateway = "without_gateway"
    case withoutTranslation = "without_translation"
    case floatingIPs = "floating_ips"
    case contestedFloatingIPs = "contested_floating_ips"
    case manyFloatingIPs = "many_floating_ips"
    case forwardings
    case wideForwardings = "wide_forwardings"
    case helpers
    case furtherGateways = "further_gateways"
    case gatewayElsewhere = "gateway_elsewhere"
    case extraRoutes = "extra_routes"
    case severalAddresses = "several_addresses"
    case bothFamilies = "both_families"
    case withoutIPv4 = "without_ipv4"

    /// What is wanted of it.
    func desired(_ router: RouterID) -> DesiredRouter {
        var desired = DesiredRouter(id: router, specification: Samples.specification)
        desired.specification.map { specification in
            var specification = specification
            change(&specification)
            desired.specification = specification
        }
        for address in addresses { desired.addresses[address.id] = address }
        if self == .bothFamilies {
            desired.neighbourProxies = [Samples.address6("2001:db8:1::10"), Samples.address6("2001:db8:9::10")]
        }
        return desired
    }

    private func change(_ router: inout RouterSpecification) {
        switch self {
        case .plain, .floatingIPs, .contestedFloatingIPs, .manyFloatingIPs, .forwardings, .wideForwardings: break
        case .withoutGateway: router.gateways = []
        case .withoutTranslation: router.gateways[0].translatesSources = false
        case .helpers:
            router.helpers = [
                Samples.helper("ftp", 21), Samples.helper("ftp", 2121), Samples.helper("tftp", 69, over: .udp),
                Samples.helper("no-such", 99),
            ]
        case .furtherGateways:
            router.gateways += [Samples.furtherGateway, Samples.gatewayWithoutExit]
            router.gateways[1].onLinkNetworks = [Samples.cidr("198.18.7.0/24")]
        case .gatewayElsewhere:
            router.gateways[0].port.addresses[0].subnetGateway = Samples.ip("198.51.100.9")
            router.gateways[0].onLinkNetworks = [Samples.cidr("198.18.7.0/24")]
        case .extraRoutes: addRoutes(to: &router)
        case .severalAddresses:
            router.gateways[0].port.addresses.append(Samples.portAddress("192.0.2.5/24", by: "192.0.2.1"))
            router.interfaces[0].addresses.append(Samples.portAddress("10.3.0.1/24"))
        case .bothFamilies:
            router.proxiesNeighbours = true
            addIPv6(to: &router)
        case .withoutIPv4:
            addIPv6(to: &router)
            router.gateways[0].port.addresses.removeFirst()
            for number in router.interfaces.indices { router.interfaces[number].addresses.removeFirst() }
        }
    }

    private func addIPv6(to router: inout RouterSpecification) {
        router.gateways[0].port.addresses.append(Samples.portAddress("2001:db8:e::5/64", by: "2001:db8:e::1"))
        for number in 0...1 {
            var address = Samples.portAddress("2001:db8:\(number + 1)::1/64")
            address.hostSetup = number == 0 ? .slaac : nil
            router.interfaces[number].addresses.append(address)
        }
    }

    private func addRoutes(to router: inout RouterSpecification) {
        addIPv6(to: &router)
        router.routes = [
            // By two next hops; one; before the gateway's own; in vain before the router's own network; by nothing.
            ("192.168.7.0/24", "10.1.0.20"), ("192.168.7.0/24", "10.1.0.21"), ("192.168.8.0/24", "203.0.113.77"),
            ("0.0.0.0/0", "10.2.0.30"), ("10.2.0.0/24", "10.1.0.30"), ("192.168.9.0/24", "192.0.2.77"),
            ("2001:db8:7::/48", "2001:db8:1::20"), ("2001:db8:7::/48", "2001:db8:2::21"), ("::/0", "2001:db8:1::30"),
        ].map { StaticRoute(destination: Samples.cidr($0.0), nexthop: Samples.ip($0.1)) }
    }

    private var addresses: [FloatingAddress] {
        let first = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
        switch self {
        case .floatingIPs: return [first, Samples.floating(2, "203.0.113.11", to: "10.2.0.10")]
        case .contestedFloatingIPs: return [first, Samples.floating(2, "203.0.113.11", to: "10.1.0.10")]
        case .manyFloatingIPs:
            return (0...UInt32(RouterPlan.addressLimit)).map { number in
                var floating = Samples.floating(UInt64(number) + 100, "198.18.0.0", to: "10.1.0.0")
                floating.address = floating.address + Int(number)
                floating.use = .fixed(Samples.address("10.1.0.0") + Int(number))
                return floating
            }
        case .forwardings:
            return [first, forwarding(2, [(.tcp, 2222...2222, 22...22), (.udp, 5000...5002, 6000...6002)])]
                + [forwarding(3, [(.dccp, 80...82, 8080...8080), (.sctp, 36412...36412, 36412...36412)])]
        case .wideForwardings:
            let limit = UInt16(TranslationPlan.forwardedPortLimit)
            return [
                forwarding(2, [(.tcp, 1...limit, 1...limit)]), forwarding(3, [(.tcp, 1...limit + 1, 1...limit + 1)]),
            ]
        case .furtherGateways:
            var further = Samples.floating(2, "192.0.2.10", to: "10.1.0.11")
            further.network = Samples.further
            var withoutExit = Samples.floating(3, "198.51.100.10", to: "10.1.0.12")
            withoutExit.network = Samples.gatewayWithoutExit.port.network
            return [first, further, withoutExit]
        default: return []
        }
    }

    private func forwarding(
        _ number: UInt64,
        _ rules: [(TransportProtocol, ClosedRange<UInt16>, ClosedRange<UInt16>)]
    ) -> FloatingAddress {
        var floating = Samples.floating(number, "203.0.113.\(10 + number)", to: "10.1.0.11")
        floating.use = .forwardings(
            rules.map { transport, external, inner in
                ForwardingRule(
                    id: Samples.id(7),
                    transport: transport,
                    externalPorts: external,
                    internalAddress: Samples.address("10.1.0.11"),
                    internalPorts: inner
                )
            }
        )
        return floating
    }
}

extension Samples {
    /// A gateway on a third external network, whose subnet leads nowhere further.
    fileprivate static var gatewayWithoutExit: GatewaySpecification {
        GatewaySpecification(
            port: port(id(0x905), on: id(0xe2), "198.51.100.5/24"),
            translatesSources: false,
            onLinkNetworks: []
        )
    }

    fileprivate static func portAddress(_ address: String, by gateway: String? = nil) -> PortAddress {
        PortAddress(address: cidr(address), subnetGateway: gateway.map(ip))
    }
}
