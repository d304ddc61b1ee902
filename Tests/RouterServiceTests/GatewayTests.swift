import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct GatewayTests {
    @Test func `a router is created with its gateway, SNAT on, and shows it in both attributes`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let made = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }
            #expect(made.externalGatewayInfo.networkID == external.description)
            #expect(made.externalGatewayInfo.enableSnat)
            #expect(made.externalGatewayInfo.externalFixedIps.map(\.ipAddress) == ["203.0.113.10"])
            #expect(made.externalGateways == [made.externalGatewayInfo])
            let port = try #require(await house.network.heldPorts.first)
            #expect(port.role == .gateway && port.port.projectID == "" && port.port.deviceID == made.id)
        }
    }

    @Test func `a refused gateway leaves no router and no port behind`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            try await house.makeRouter(as: .admin) {
                $0.externalGatewayInfo = .gateway(external, ["203.0.113.50"])
            }
            let taken = await refusal(as: .admin) {
                try await house.makeRouter(as: .admin) {
                    $0.externalGatewayInfo = .gateway(external, ["203.0.113.50"])
                }
            }
            #expect(taken == .ipAddressAlreadyAllocated)
            #expect(try await house.count("routers") == 1)
            #expect(await house.network.heldPorts.count == 1)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `the network must be there, visible and external`() async throws {
        try await House.open { house in
            let tenant = await house.network.makeNetwork()
            let hidden = await house.network.makeNetwork(project: "rival")
            for (network, reason) in [
                (NetworkID.random(), ErrorReason.networkNotFound), (hidden, .networkNotFound), (tenant, .badRequest),
            ] {
                let created = await refusal {
                    try await house.makeRouter { $0.externalGatewayInfo = .gateway(network) }
                }
                #expect(created == reason)
                let id = try await house.makeRouter().id
                await expectRefusal(reason) { try await house.setGateway(network, of: id) }
            }
        }
    }

    @Test func `addresses and enable_snat are for administrators`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter().id
            await expectRefusal(.notAuthorized) {
                try await house.setGateway(external, of: id, addresses: ["203.0.113.50"])
            }
            let snat = await refusal {
                try await house.update(id, ["external_gateway_info"]) {
                    $0.externalGatewayInfo = .gateway(external)
                    $0.externalGatewayInfo.enableSnat = false
                }
            }
            #expect(snat == .notAuthorized)
        }
    }

    @Test func `leaving enable_snat out of an update resets it`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let off = try await house.update(id, ["external_gateway_info"], as: .admin) {
                $0.externalGatewayInfo = .gateway(external)
                $0.externalGatewayInfo.enableSnat = false
            }
            #expect(!off.externalGatewayInfo.enableSnat)
            #expect(try await house.setGateway(external, of: id).externalGatewayInfo.enableSnat)
        }
    }

    @Test(arguments: [
        (["203.0.113.1"], ErrorReason.badRequest), (["192.0.2.9"], .invalidIPForNetwork),
    ])
    func `an address that cannot be the gateway's is refused`(addresses: [String], reason: ErrorReason) async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter().id
            let answer = await refusal(as: .admin) {
                try await house.setGateway(external, of: id, as: .admin, addresses: addresses)
            }
            #expect(answer == reason)
            #expect(await house.network.heldPorts.isEmpty)
        }
    }

    @Test func `a subnet that is unknown, or of another network, is refused`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let elsewhere = try await house.makeSubnet("10.0.0.0/24")
            let id = try await house.makeRouter().id
            for (subnet, reason) in [(SubnetID.random(), ErrorReason.subnetNotFound), (elsewhere, .invalidInput)] {
                let answer = await refusal(as: .admin) {
                    try await house.update(id, ["external_gateway_info"], as: .admin) {
                        $0.externalGatewayInfo = .gateway(external)
                        $0.externalGatewayInfo.externalFixedIps = [.with { $0.subnetID = subnet.description }]
                    }
                }
                #expect(answer == reason)
            }
        }
    }

    @Test func `a gateway on a network without subnets has no address`() async throws {
        try await House.open { house in
            let external = await house.network.makeNetwork(project: "ops", isExternal: true)
            let made = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }
            #expect(made.hasExternalGatewayInfo && made.externalGatewayInfo.externalFixedIps.isEmpty)
        }
    }

    @Test func `other addresses on the same network change the same port`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let before = try #require(await house.network.heldPorts.first)
            let changed = try await house.setGateway(external, of: id, as: .admin, addresses: ["203.0.113.77"])
            #expect(changed.externalGatewayInfo.externalFixedIps.map(\.ipAddress) == ["203.0.113.77"])
            #expect(await house.network.heldPorts.map(\.port.id) == [before.port.id])
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `a refused change of addresses leaves the old ones`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let before = try await house.router(id)
            let answer = await refusal(as: .admin) {
                try await house.setGateway(external, of: id, as: .admin, addresses: ["192.0.2.1"])
            }
            #expect(answer == .invalidIPForNetwork)
            #expect(try await house.router(id) == before)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `another network gets another port, and removal leaves none`() async throws {
        try await House.open { house in
            let (first, second) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(first) }.id
            let before = try #require(await house.network.heldPorts.first)
            let moved = try await house.setGateway(second, of: id)
            #expect(moved.externalGatewayInfo.networkID == second.description)
            let after = await house.network.heldPorts
            #expect(after.count == 1 && after.first?.port.id != before.port.id)
            let removed = try await house.setGateway(nil, of: id)
            #expect(!removed.hasExternalGatewayInfo && removed.externalGateways.isEmpty)
            #expect(await house.network.heldPorts.isEmpty)
        }
    }

    @Test func `a gateway network that overlaps an attached subnet is refused`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            try await house.network.makeSubnet(external, "10.0.0.0/8", project: "ops")
            let id = try await house.makeRouter().id
            try await house.attach(house.makeSubnet("10.1.0.0/24"), to: id)
            await expectRefusal(.badRequest) { try await house.setGateway(external, of: id) }
        }
    }

    @Test func `a gateway that routes lead through stays`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            try await house.setRoutes([("192.168.0.0/24", "203.0.113.200")], of: id)
            await expectRefusal(.invalidRoutes) { try await house.setGateway(nil, of: id) }
            let both = try await house.update(id, ["external_gateway_info", "routes"]) { _ in }
            #expect(!both.hasExternalGatewayInfo && both.routes.isEmpty)
        }
    }

    @Test(arguments: [
        ("floating_ip", ErrorReason.routerExternalGatewayInUseByFloatingIP),
        ("port_forwarding", .routerExternalGatewayInUseByFloatingIP), ("ndp_proxy", .routerGatewayInUseByNDPProxy),
    ])
    func `a gateway that something leans on stays`(kind: String, reason: ErrorReason) async throws {
        try await House.open { house in
            let (external, other) = (try await house.makeExternal(), try await house.makeExternal("198.51.100.0/24"))
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            try await house.attach(subnet, to: id)
            let holder = FloatingIPID.random().description
            _ = try await house.bind(holder, kind, subnet: subnet, to: external)
            await expectRefusal(reason) { try await house.setGateway(nil, of: id) }
            await expectRefusal(reason) { try await house.setGateway(other, of: id) }
            #expect(await house.network.heldPorts.count == 2)
            _ = try await `as`(.program) {
                try await house.bindings.unbindAddress(
                    .with {
                        $0.holder.kind = kind
                        $0.holder.id = holder
                    }
                )
            }
            try await house.setGateway(nil, of: id)
        }
    }

    @Test func `an NDP proxy needs an external IPv6 network with an address scope`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let enable = { try await house.update(id, ["enable_ndp_proxy"]) { $0.enableNdpProxy = true } }
            await expectRefusal(.routerGatewayNotValid) { try await enable() }
            try await house.setGateway(house.makeExternal(), of: id)
            await expectRefusal(.routerGatewayNotValid) { try await enable() }
            let scoped = await house.network.makeNetwork(project: "ops", isExternal: true, hasIPv6Scope: true)
            try await house.network.makeSubnet(scoped, "2001:db8::/64", project: "ops")
            try await house.setGateway(scoped, of: id)
            #expect(try await enable().enableNdpProxy)
            await expectRefusal(.routerGatewayNotValid) { try await house.setGateway(nil, of: id) }
        }
    }

    @Test func `an external IPv6 subnet counts at once, before the copies hear of it`() async throws {
        try await House.open { house in
            let external = await house.network.makeNetwork(project: "ops", isExternal: true, hasIPv6Scope: true)
            try await house.network.makeSubnet(external, "203.0.113.0/24", project: "ops")
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            try await house.network.makeSubnet(external, "2001:db8::/64", project: "ops")
            let enabled = try await house.update(id, ["enable_ndp_proxy"]) { $0.enableNdpProxy = true }
            #expect(enabled.enableNdpProxy)
        }
    }

    @Test func `a new subnet of the external network is forbidden inside at once`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            try await house.network.makeSubnet(external, "198.51.100.0/24", project: "ops")
            let inside = try await house.makeSubnet("198.51.100.0/25")
            await expectRefusal(.badRequest) { try await house.attach(inside, to: id) }
        }
    }
}
