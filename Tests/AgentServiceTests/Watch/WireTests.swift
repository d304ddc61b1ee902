import Addressing
import Contracts
import ResourceModel
import SwiftProtobuf
import Testing

@testable import AgentService

@Suite struct WireTests {
    @Test func `a router survives the way there and back`() throws {
        var specification = Samples.specification
        specification.gateways[0].onLinkNetworks = [Samples.cidr("198.51.100.0/24")]
        specification.gateways[0].port.physicalNetwork = "provider"
        specification.interfaces[0].addresses.append(
            PortAddress(
                address: Samples.cidr("2001:db8::1/64"),
                subnetGateway: Samples.ip("2001:db8::1"),
                hostSetup: .statelessDHCP,
                nameServers: [Samples.ip("2001:db8::53"), Samples.ip("192.0.2.53")]
            )
        )
        specification.routes = [
            StaticRoute(destination: Samples.cidr("192.168.7.0/24"), nexthop: Samples.ip("10.1.0.20"))
        ]
        specification.helpers = [Samples.helper("ftp", 21), Samples.helper("sip", 5060, over: .udp)]
        specification.proxiesNeighbours = true
        #expect(try RouterSpecification(specification.wire) == specification)
    }

    @Test(arguments: [
        FloatingAddress.Use.fixed(Samples.address("10.1.0.10")),
        .forwardings([]),
        .forwardings([
            ForwardingRule(
                id: Samples.id(7),
                transport: .udp,
                externalPorts: 53...55,
                internalAddress: Samples.address("10.1.0.2"),
                internalPorts: 53...53
            )
        ]),
    ])
    func `a floating IP survives the way there and back`(use: FloatingAddress.Use) throws {
        var floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
        floating.use = use
        #expect(try FloatingAddress(floating.wire) == floating)
    }

    @Test func `an address that is answered for survives the way there and back`() throws {
        let proxy = Samples.proxy(7, "2001:db8::10", revision: 3)
        #expect(try NeighbourProxyEntry(proxy.wire) == proxy)
    }

    @Test func `a router with a field that makes no sense is a fault that names the field`() {
        func fault(_ change: (inout Wire.Router) -> Void) -> String? {
            var wire = Samples.specification.wire
            change(&wire)
            do throws(WireFault) {
                _ = try RouterSpecification(wire)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(fault { $0.id = "r1" } == "id is 'r1'")
        #expect(
            fault { $0.conntrackHelpers = [.with { $0.protocol = "icmp" }] } == "conntrack_helpers.protocol is 'icmp'"
        )
        #expect(
            fault { $0.conntrackHelpers = [.with { $0.protocol = "tcp" }] } == "conntrack_helpers.port is '0'"
        )
        #expect(fault { $0.interfaces[0].mtuBytes = 0 } == "mtu_bytes is '0'")
        #expect(fault { $0.interfaces[0].addresses[0].prefixLength = 33 } == "prefix_length is '33'")
        #expect(fault { $0.gateways[0].port.addresses[0].gatewayIp = "x" } == "gateway_ip is 'x'")
        #expect(fault { $0.interfaces[0].addresses[0].ipv6RaMode = "dhcp" } == "ipv6_ra_mode is 'dhcp'")
        #expect(fault { $0.interfaces[0].addresses[0].dnsNameservers = ["x"] } == "dns_nameservers is 'x'")
        #expect(
            fault {
                $0.routes = [
                    .with {
                        $0.destination = "10.0.0.0"
                        $0.nexthop = "10.0.0.1"
                    }
                ]
            } == "destination is '10.0.0.0'"
        )
    }

    @Test func `a forwarding whose ports do not match is a fault`() {
        var floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
        floating.use = .forwardings([
            ForwardingRule(
                id: Samples.id(7),
                transport: .tcp,
                externalPorts: 80...82,
                internalAddress: Samples.address("10.1.0.2"),
                internalPorts: 80...81
            )
        ])
        #expect(throws: WireFault.self) { try FloatingAddress(floating.wire) }
    }

    @Test func `reports say what became of an object`() {
        let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
        let failed = ObjectReport(id: floating.id, revision: 3, state: .failed("why")).wire
        #expect(failed.id == floating.id.description && failed.appliedRevisionNumber == 3)
        #expect(failed.state == .failed && failed.reason == "why")
        #expect(ObjectReport(id: floating.id, revision: 3, state: .active).wire.state == .active)
        #expect(ObjectReport(id: floating.id, revision: 3, state: .removed).wire.state == .removed)
    }
}
