import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import FloatingIPService

@Suite(.needsPostgres, .tags(.postgres)) struct CreationTests {
    @Test func `a floating IP gets an address of the external network and is DOWN`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let made = try await house.create(on: site.external) {
                $0.description_p = "web"
                $0.tags = ["a", "b"]
                $0.dnsName = "WWW"
                $0.dnsDomain = "example.org."
            }
            #expect(made.floatingIpAddress == "203.0.113.10" && made.status == "DOWN" && made.revisionNumber == 1)
            #expect(made.projectID == "acme" && made.description_p == "web" && made.tags == ["a", "b"])
            #expect(made.dnsName == "www" && made.dnsDomain == "example.org.")
            #expect(made.portID.isEmpty && made.routerID.isEmpty && made.subnetID.isEmpty && !made.hasPortDetails)
            #expect(made.hasCreatedAt && made.createdAt == made.updatedAt)
            #expect(try await house.get(made.id) == made)
            try await house.expectTrueHolds()
        }
    }

    @Test func `it is created mapped, with port and router in the answer of the very call`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external) { $0.portID = port }
            #expect(made.portID == port && made.fixedIpAddress == "10.0.0.5")
            #expect(made.routerID == site.router.description && made.status == "DOWN")
            #expect(made.portDetails.name == "vm" && made.portDetails.deviceOwner == "compute:nova")
            #expect(made.portDetails.networkID == site.inner.description && made.portDetails.adminStateUp)
            #expect(made.portDetails.macAddress == "fa:16:3e:00:00:01" && made.portDetails.status == "ACTIVE")
            #expect(try await house.get(made.id) == made)
            try await house.expectTrueHolds()
        }
    }

    @Test func `creating one with its id again answers the first`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let id = FloatingIPID.random().description
            let first = try await house.create(on: site.external) { $0.id = id }
            let again = try await house.create(on: site.external) {
                $0.id = id
                $0.description_p = "other"
            }
            #expect(again == first)
            await expectRefusal(.conflict) { try await house.create(on: site.external, as: .other) { $0.id = id } }
            #expect(try await house.count("floating_ips") == 1)
            try await house.expectTrueHolds()
        }
    }

    @Test func `managers and administrators choose the address, members do not`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            for (who, address) in [(RequestContext.manager, "203.0.113.200"), (.admin, "203.0.113.201")] {
                let made = try await house.create(on: site.external, as: who) { $0.floatingIpAddress = address }
                #expect(made.floatingIpAddress == address)
            }
            await expectRefusal(.notAuthorized) {
                try await house.create(on: site.external) { $0.floatingIpAddress = "203.0.113.202" }
            }
        }
    }

    @Test func `a subnet is chosen, and not shown`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let second = try await house.network.makeSubnet(site.external, "198.51.100.0/24")
            let made = try await house.create(on: site.external) { $0.subnetID = second.description }
            #expect(made.floatingIpAddress == "198.51.100.10" && made.subnetID.isEmpty)
        }
    }

    @Test func `administrators create for other projects, others do not`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let made = try await house.create(on: site.external, as: .admin) { $0.projectID = "acme" }
            #expect(try await house.get(made.id).projectID == "acme")
            await expectRefusal(.badRequest) { try await house.create(on: site.external) { $0.projectID = "rival" } }
            await expectRefusal(.notAuthorized) { try await house.create(on: site.external, as: .reader) }
        }
    }

    /// Every reason for which a request to create one is refused; each leaves nothing behind.
    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: ErrorReason
        var who = RequestContext.member
        let fill: @Sendable (inout Wire.FloatingIP, Setting) -> Void

        init(
            _ what: String,
            _ reason: ErrorReason,
            as who: RequestContext = .member,
            _ fill: @escaping @Sendable (inout Wire.FloatingIP, Setting) -> Void
        ) {
            (testDescription, self.reason, self.who, self.fill) = (what, reason, who, fill)
        }
    }

    struct Setting: Sendable {
        var site: Site
        /// Has 10.0.0.5.
        var port: String
        /// Has 10.0.0.6 and 10.0.0.7.
        var wide: String
        /// Of another project.
        var foreign: String
        /// For DHCP.
        var dhcp: String
        /// Without an IPv4 address.
        var bare: String
        /// On a subnet that no router leads to.
        var stray: String
        var strayRouter: RouterID
        var otherSubnet: SubnetID
        var onlyV6: NetworkID
    }

    private func setting(_ house: House) async throws -> Setting {
        let site = try await house.makeSite()
        let alone = await house.network.makeNetwork()
        let aloneSubnet = try await house.network.makeSubnet(alone, "10.9.0.0/24")
        let onlyV6 = await house.network.makeNetwork(project: "ops", isExternal: true)
        try await house.network.makeSubnet(onlyV6, "2001:db8::/64")
        let (inner, subnet) = (site.inner, site.subnet)
        return Setting(
            site: site,
            port: try await house.makePort(site, "10.0.0.5"),
            wide: try await house.makePort(site, "10.0.0.6", "10.0.0.7"),
            foreign: try await house.makePort(site, "10.0.0.8", project: "rival"),
            dhcp: try await house.network.makePort(inner, [(subnet, "10.0.0.2")], owner: "network:dhcp").description,
            bare: try await house.network.makePort(inner, []).description,
            stray: try await house.network.makePort(alone, [(aloneSubnet, "10.9.0.5")]).description,
            strayRouter: await house.routers.makeRouter(gateway: nil, subnets: [aloneSubnet]),
            otherSubnet: aloneSubnet,
            onlyV6: onlyV6
        )
    }

    static let refused: [Refused] = [
        Refused("no network", .invalidInput) { wire, _ in wire.floatingNetworkID = "" },
        Refused("an unknown network", .networkNotFound) { wire, _ in
            wire.floatingNetworkID = NetworkID.random().description
        },
        Refused("an id that is none", .networkNotFound) { wire, _ in wire.floatingNetworkID = "public" },
        Refused("a network that is not external", .badRequest) { wire, setting in
            wire.floatingNetworkID = setting.site.inner.description
        },
        Refused("a network without IPv4", .badRequest) { wire, setting in
            wire.floatingNetworkID = setting.onlyV6.description
        },
        Refused("an unknown subnet", .subnetNotFound) { wire, _ in wire.subnetID = SubnetID.random().description },
        Refused("a subnet of another network", .invalidInput) { wire, setting in
            wire.subnetID = setting.otherSubnet.description
        },
        Refused("an address on no subnet", .invalidIPForNetwork, as: .manager) { wire, _ in
            wire.floatingIpAddress = "192.0.2.1"
        },
        Refused("an address off the subnet", .invalidIPForSubnet, as: .manager) { wire, setting in
            wire.floatingIpAddress = "192.0.2.1"
            wire.subnetID = setting.site.externalSubnet.description
        },
        Refused("an IPv6 address", .invalidInput, as: .manager) { wire, _ in wire.floatingIpAddress = "2001:db8::1" },
        Refused("a fixed address without a port", .badRequest) { wire, _ in wire.fixedIpAddress = "10.0.0.5" },
        Refused("an unknown port", .portNotFound) { wire, _ in wire.portID = PortID.random().description },
        Refused("another project's port, which is not to be seen", .portNotFound) { wire, setting in
            wire.portID = setting.foreign
        },
        Refused("a DHCP port", .badRequest) { wire, setting in wire.portID = setting.dhcp },
        Refused("a port without an IPv4 address", .badRequest) { wire, setting in wire.portID = setting.bare },
        Refused("a port with several addresses", .badRequest) { wire, setting in wire.portID = setting.wide },
        Refused("an address that is not the port's", .badRequest) { wire, setting in
            wire.portID = setting.wide
            wire.fixedIpAddress = "10.0.0.99"
        },
        Refused("an IPv6 fixed address", .badRequest) { wire, setting in
            wire.portID = setting.port
            wire.fixedIpAddress = "2001:db8::1"
        },
        Refused("a fixed address that is none", .badRequest) { wire, setting in
            wire.portID = setting.port
            wire.fixedIpAddress = "10.0.0.05"
        },
        Refused("no router between", .externalGatewayForFloatingIPNotFound) { wire, setting in
            wire.portID = setting.stray
        },
        Refused("an unknown router", .routerNotFound) { wire, setting in
            wire.portID = setting.port
            wire.routerID = RouterID.random().description
        },
        Refused("a router without such a gateway", .conflict) { wire, setting in
            wire.portID = setting.port
            wire.routerID = setting.strayRouter.description
        },
        Refused("a policy", .qosPolicyNotFound) { wire, _ in wire.qosPolicyID = FloatingIPID.random().description },
        Refused("a full name as dns_name", .invalidInput) { wire, _ in wire.dnsName = "www.example.org." },
        Refused("a domain without a dot", .invalidInput) { wire, _ in wire.dnsDomain = "example.org" },
        Refused("a tag twice", .invalidInput) { wire, _ in wire.tags = ["a", "a"] },
    ]

    @Test(arguments: refused) func `a refused one leaves nothing behind`(refused: Refused) async throws {
        try await House.open { house in
            let setting = try await setting(house)
            await expectRefusal(refused.reason) {
                try await house.create(on: setting.site.external, as: refused.who) { refused.fill(&$0, setting) }
            }
            try await house.expectNothingLeft()
        }
    }

    @Test func `another project's port may be named by an administrator, not by its sight alone`() async throws {
        try await House.open { house in
            let setting = try await setting(house)
            let made = try await house.create(on: setting.site.external, as: .admin) {
                $0.projectID = "acme"
                $0.portID = setting.foreign
            }
            #expect(made.projectID == "acme" && made.portID == setting.foreign)
        }
    }

    @Test func `an address in use and an empty pool are refused`() async throws {
        try await House.open { house in
            let site = try await house.makeSite("203.0.113.0/28")
            let taken = try await house.create(on: site.external).floatingIpAddress
            await expectRefusal(.ipAddressAlreadyAllocated) {
                try await house.create(on: site.external, as: .manager) { $0.floatingIpAddress = taken }
            }
            // Of /28 the pool has .10 to .15.
            for _ in 0..<5 { try await house.create(on: site.external) }
            await expectRefusal(.ipAddressGenerationFailure) { try await house.create(on: site.external) }
            try await house.expectTrueHolds()
        }
    }

    @Test func `a port that got no IPv4 address is given back`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            await house.network.setAfter { call in
                guard call == .reserve, let port = await house.network.heldPorts.first else { return }
                try await house.network.change(port.id) { $0.addresses = [] }
            }
            // The answer was made before the change; the next one tells.
            let id = FloatingIPID.random().description
            await house.network.setBefore { call in
                if call == .reserve, await house.network.calls[.reserve] == 1 {
                    _ = try await house.network.reserve(
                        AddressReservation(floatingIPID: try #require(FloatingIPID(id)), networkID: site.external)
                    )
                }
            }
            await expectRefusal(.externalIPAddressExhausted) {
                try await house.create(on: site.external) { $0.id = id }
            }
            try await house.expectNothingLeft()
        }
    }

    @Test func `a full quota refuses, and nothing is left`() async throws {
        try await House.open(quota: 2) { house in
            let site = try await house.makeSite()
            let first = try await house.create(on: site.external)
            try await house.create(on: site.external)
            await expectRefusal(.overQuota) { try await house.create(on: site.external) }
            try await house.create(on: site.external, as: .other)
            try await house.delete(first.id)
            try await house.create(on: site.external)
            #expect(try await house.count("floating_ips") == 3)
            try await house.expectTrueHolds()
        }
    }

    @Test func `no quota at all, and none to have`() async throws {
        try await House.open(quota: -1) { house in
            let site = try await house.makeSite()
            for _ in 0..<3 { try await house.create(on: site.external) }
        }
        try await House.open(quota: 0) { house in
            let site = try await house.makeSite()
            await expectRefusal(.overQuota) { try await house.create(on: site.external) }
        }
    }
}
