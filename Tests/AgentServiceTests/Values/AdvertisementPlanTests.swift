import Addressing
import Netlink
import ResourceModel
import Testing

@testable import AgentService

@Suite struct AdvertisementPlanTests {
    private let linkLocal = IPv6Address(high: 0xfe80 << 48, low: 0xf816_3eff_fe00_0902)

    /// What is told on the red network when its port has these subnets beside one of IPv4.
    private func plan(mtu: Int = 1450, _ subnets: (String, HostSetup?, [String])...) throws -> AdvertisementPlan? {
        var specification = Samples.specification
        specification.interfaces[0].mtu = mtu
        for (address, setup, servers) in subnets {
            specification.interfaces[0].addresses.append(
                PortAddress(
                    address: Samples.cidr(address),
                    subnetGateway: nil,
                    hostSetup: setup,
                    nameServers: servers.map(Samples.ip)
                )
            )
        }
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        #expect(plan.advertisements.keys.allSatisfy { $0 == Samples.redDevice })
        return plan.advertisements[Samples.redDevice]
    }

    private func prefix(_ network: String, isAutonomous: Bool) -> RouterAdvertisement.Prefix {
        .init(
            Samples.cidr(network),
            isAutonomous: isAutonomous,
            validLifetime: 86400,
            preferredLifetime: 14400
        )
    }

    @Test func `hosts that make their addresses get all from the router`() throws {
        let plan = try #require(try plan(("2001:db8:1::1/64", .slaac, ["192.0.2.53", "2001:db8::53"])))
        #expect(plan.source == linkLocal)
        let content = plan.content
        #expect(!content.hasManagedAddresses && !content.hasOtherSettings)
        #expect(content.routerLifetime == 9000 && content.mtu == 1450)
        #expect(content.mac == Samples.specification.interfaces[0].mac)
        #expect(content.prefixes == [prefix("2001:db8:1::/64", isAutonomous: true)])
        #expect(content.nameServers == [.init(IPv6Address(high: 0x2001_0db8 << 32, low: 0x53), lifetime: 9000)])
    }

    @Test func `a stateless subnet asks DHCPv6 for other settings`() throws {
        let content = try #require(try plan(("2001:db8:1::1/64", .statelessDHCP, ["2001:db8::53"]))).content
        #expect(!content.hasManagedAddresses && content.hasOtherSettings)
        #expect(content.prefixes == [prefix("2001:db8:1::/64", isAutonomous: true)])
        #expect(content.nameServers.count == 1)
    }

    @Test func `hosts of a stateful subnet make no addresses, and get the rest by DHCPv6`() throws {
        let content = try #require(try plan(("2001:db8:1::1/64", .statefulDHCP, ["2001:db8::53"]))).content
        #expect(content.hasManagedAddresses && !content.hasOtherSettings)
        #expect(content.prefixes == [prefix("2001:db8:1::/64", isAutonomous: false)])
        #expect(content.nameServers == [])
    }

    @Test func `several subnets of a port are told together, each once`() throws {
        let content = try #require(
            try plan(
                ("2001:db8:1::1/64", .slaac, ["2001:db8::53"]),
                ("2001:db8:2::1/64", .statefulDHCP, []),
                ("2001:db8:1::2/64", .slaac, ["2001:db8::53"]),
                ("2001:db8:3::1/64", nil, [])
            )
        ).content
        #expect(content.hasManagedAddresses)
        #expect(
            content.prefixes == [
                prefix("2001:db8:1::/64", isAutonomous: true), prefix("2001:db8:2::/64", isAutonomous: false),
            ]
        )
        #expect(content.nameServers.count == 1)
    }

    @Test func `an MTU that IPv6 does not have is not told`() throws {
        #expect(try plan(mtu: 1279, ("2001:db8:1::1/64", .slaac, []))?.content.mtu == nil)
        #expect(try plan(mtu: 1280, ("2001:db8:1::1/64", .slaac, []))?.content.mtu == 1280)
    }

    @Test func `where no subnet asks for it nothing is told, nor on external networks`() throws {
        #expect(try plan() == nil)
        #expect(try plan(("2001:db8:1::1/64", nil, ["2001:db8::53"])) == nil)
        var specification = Samples.specification
        specification.gateways[0].port.addresses.append(
            PortAddress(address: Samples.cidr("2001:db8:e::5/64"), subnetGateway: nil, hostSetup: .slaac)
        )
        #expect(Samples.plan(Samples.desired(specification))?.advertisements == [:])
    }

    @Test func `the farewell takes back the router and its servers, not the addresses`() throws {
        let plan = try #require(try plan(("2001:db8:1::1/64", .slaac, ["2001:db8::53"])))
        let farewell = plan.farewell.content
        #expect(farewell.routerLifetime == 0 && farewell.mac == plan.content.mac)
        #expect(farewell.nameServers.map(\.lifetime) == [0] && farewell.prefixes == [])
    }
}
