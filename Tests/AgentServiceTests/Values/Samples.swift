import Addressing
import ResourceModel

@testable import AgentService

/// Values that tests start from: a router between two tenant networks and an external one.
enum Samples {
    static let router: RouterID = id(0xa)
    static let external: NetworkID = id(0xe0)
    static let further: NetworkID = id(0xe1)
    static let furtherPort: PortID = id(0x904)
    static let red: NetworkID = id(0xb1)
    static let blue: NetworkID = id(0xb2)
    static let gatewayPort: PortID = id(0x901)
    static let redPort: PortID = id(0x902)
    static let bluePort: PortID = id(0x903)

    /// An id whose number stands in the part that names are made of.
    static func id<Kind>(_ number: UInt64) -> ID<Kind> { ID(high: number << 24, low: 0) }

    static func mac(_ number: UInt64) -> MACAddress { MACAddress(rawValue: 0xfa16_3e00_0000 | number) ?? .broadcast }

    static func cidr(_ text: String) -> CIDR { CIDR(text) ?? CIDR(host: .any(.v4)) }

    static func address(_ text: String) -> IPv4Address { IPv4Address(text) ?? .any }

    static func address6(_ text: String) -> IPv6Address { IPv6Address(text) ?? .any }

    static func ip(_ text: String) -> IPAddress { IPAddress(text) ?? .any(.v4) }

    static func port(
        _ id: PortID,
        on network: NetworkID,
        _ addresses: String...,
        gateway: String? = nil,
        mtu: Int = 1500
    ) -> PortSpecification {
        PortSpecification(
            id: id,
            network: network,
            mac: mac(id.high >> 24),
            mtu: mtu,
            addresses: addresses.map { PortAddress(address: cidr($0), subnetGateway: gateway.map(ip)) },
            physicalNetwork: nil,
            networkType: "local"
        )
    }

    static var gateway: GatewaySpecification {
        GatewaySpecification(
            port: port(gatewayPort, on: external, "203.0.113.5/24", gateway: "203.0.113.1"),
            translatesSources: true,
            onLinkNetworks: []
        )
    }

    /// A second gateway, on another external network.
    static var furtherGateway: GatewaySpecification {
        GatewaySpecification(
            port: port(furtherPort, on: further, "192.0.2.5/24", gateway: "192.0.2.1"),
            translatesSources: true,
            onLinkNetworks: []
        )
    }

    static var specification: RouterSpecification {
        RouterSpecification(
            id: router,
            revision: 1,
            isUp: true,
            gateways: [gateway],
            interfaces: [port(redPort, on: red, "10.1.0.1/24"), port(bluePort, on: blue, "10.2.0.1/24")],
            routes: []
        )
    }

    static func helper(_ name: String, _ port: UInt16, over transport: TransportProtocol = .tcp) -> HelperRule {
        HelperRule(module: HelperModule(name: name, transport: transport), port: port)
    }

    static func floating(
        _ number: UInt64,
        _ address: String,
        to fixed: String,
        revision: Revision = 1
    ) -> FloatingAddress {
        FloatingAddress(
            id: id(number),
            revision: revision,
            address: Self.address(address),
            network: external,
            use: .fixed(Self.address(fixed))
        )
    }

    static func proxy(_ number: UInt64, _ address: String, revision: Revision = 1) -> NeighbourProxyEntry {
        NeighbourProxyEntry(id: id(number), revision: revision, address: address6(address))
    }

    static func desired(
        _ specification: RouterSpecification? = specification,
        _ addresses: FloatingAddress...
    ) -> DesiredRouter {
        DesiredRouter(
            id: router,
            specification: specification,
            addresses: Dictionary(uniqueKeysWithValues: addresses.map { ($0.id, $0) })
        )
    }

    static func plan(_ desired: DesiredRouter, bridges: Set<String> = ["br-ex"]) -> RouterPlan? {
        RouterPlan(desired, layout: NodeLayout(), operatorsBridges: bridges)
    }

    static let gatewayDevice = KernelNames.gatewayDevice(gatewayPort)
    static let furtherDevice = KernelNames.gatewayDevice(furtherPort)
    static let redDevice = KernelNames.internalDevice(redPort)
    static let blueDevice = KernelNames.internalDevice(bluePort)
}
