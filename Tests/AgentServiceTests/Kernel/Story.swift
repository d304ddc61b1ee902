import Addressing
import ResourceModel

@testable import AgentService

/// The objects of one tenant: a router between two networks and the external one, with ids of its own.
struct Story {
    let router = RouterID.random()
    let red = NetworkID.random()
    let blue = NetworkID.random()
    let redPort = PortID.random()
    let bluePort = PortID.random()
    let gatewayPort = PortID.random()
    /// The last octet of the gateway's address, by which routers on one external network differ.
    var gatewayHost = 5

    var gatewayAddress: IPAddress { Samples.ip("203.0.113.\(gatewayHost)") }
    var gatewayDevice: String { KernelNames.gatewayDevice(gatewayPort) }
    var redDevice: String { KernelNames.internalDevice(redPort) }
    var blueDevice: String { KernelNames.internalDevice(bluePort) }

    var specification: RouterSpecification {
        RouterSpecification(
            id: router,
            revision: 1,
            isUp: true,
            gateways: [
                GatewaySpecification(
                    port: port(
                        gatewayPort,
                        on: Samples.external,
                        "203.0.113.\(gatewayHost)/24",
                        gateway: "203.0.113.1"
                    ),
                    translatesSources: true,
                    onLinkNetworks: []
                )
            ],
            interfaces: [port(redPort, on: red, "10.1.0.1/24"), port(bluePort, on: blue, "10.2.0.1/24")],
            routes: []
        )
    }

    func port(
        _ id: PortID,
        on network: NetworkID,
        _ address: String,
        gateway: String? = nil
    ) -> PortSpecification {
        PortSpecification(
            id: id,
            network: network,
            mac: Samples.mac(id.low & 0xff_ffff),
            mtu: 1450,
            addresses: [PortAddress(address: Samples.cidr(address), subnetGateway: gateway.map(Samples.ip))],
            physicalNetwork: nil,
            networkType: "local"
        )
    }

    /// What is wanted, after this change of the specification, with these floating IPs.
    func desired(
        _ addresses: [FloatingAddress] = [],
        _ change: (inout RouterSpecification) -> Void = { _ in }
    ) -> DesiredRouter {
        var specification = specification
        change(&specification)
        return DesiredRouter(
            id: router,
            specification: specification,
            addresses: Dictionary(uniqueKeysWithValues: addresses.map { ($0.id, $0) })
        )
    }
}
