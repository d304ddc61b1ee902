internal import Addressing
import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing
@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct InterfaceTests {
    @Test func `a subnet is attached by a port with its gateway address`() async throws {
        try await House.open { house in
            let made = try await house.makeRouter { $0.tags = ["t"] }
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            let interface = try await house.attach(subnet, to: made.id)
            #expect(interface.id == made.id && interface.projectID == "acme" && interface.tags == ["t"])
            #expect(interface.subnetID == subnet.description && interface.subnetIds == [subnet.description])
            let held = try #require(await house.network.heldPorts.first)
            #expect(held.port.id.description == interface.portID && held.role == .interface)
            #expect(held.port.addresses.map(\.address.description) == ["10.0.0.1"])
            #expect(held.port.projectID == "acme" && held.port.deviceID == made.id)
            #expect(try await house.router(made.id).revisionNumber == 2)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `neither, both, or no UUID is a bad request, adding and removing`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let some = SubnetID.random().description
            for (subnet, port) in [("", ""), (some, some), ("nonsense", ""), ("", "nonsense")] {
                let add = await refusal {
                    try await house.routers.addRouterInterface(
                        .with {
                            $0.routerID = id
                            $0.subnetID = subnet
                            $0.portID = port
                        }
                    )
                }
                #expect(add == .badRequest)
                guard subnet.isEmpty || port.isEmpty else { continue }
                let remove = await refusal {
                    try await house.routers.removeRouterInterface(
                        .with {
                            $0.routerID = id
                            $0.subnetID = subnet
                            $0.portID = port
                        }
                    )
                }
                #expect(remove == .badRequest)
            }
        }
    }

    @Test func `what does not exist or cannot be seen is not found`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            let hidden = try await house.makeSubnet("10.1.0.0/24", project: "rival")
            await expectRefusal(.routerNotFound) { try await house.attach(subnet, to: "nonsense") }
            await expectRefusal(.routerNotFound) { try await house.attach(subnet, to: RouterID.random().description) }
            await expectRefusal(.subnetNotFound) { try await house.attach(.random(), to: id) }
            await expectRefusal(.subnetNotFound) { try await house.attach(hidden, to: id) }
            await expectRefusal(.portNotFound) { try await house.attach(port: .random(), to: id) }
        }
    }

    @Test func `a subnet without a gateway address is refused`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24", gateway: false)
            await expectRefusal(.badRequest) { try await house.attach(subnet, to: id) }
        }
    }

    @Test func `a shared network's subnet of another project is for administrators`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork(project: "ops", isShared: true)
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24", project: "ops")
            await expectRefusal(.badRequest) { try await house.attach(subnet, to: id) }
            try await house.attach(subnet, to: id, as: .admin)
        }
    }

    @Test func `a network that a policy shares with the project is its own to attach`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork(project: "ops", isShared: true)
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24", project: "ops")
            await house.network.share(network, with: "acme")
            try await house.attach(subnet, to: id)
        }
    }

    @Test func `a gateway address that is taken is refused, and nothing stays behind`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24")
            _ = try await house.network.makePort(network, [(subnet, "10.0.0.1")])
            await expectRefusal(.ipAddressAlreadyAllocated) { try await house.attach(subnet, to: id) }
            #expect(try await house.count("duties") == 0)
            #expect(try await house.router(id).revisionNumber == 1)
        }
    }

    @Test func `the same subnet twice, or one that overlaps, is refused`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            try await house.network.makeSubnet(external, "198.51.100.0/24", project: "ops")
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            try await house.attach(subnet, to: id)
            await expectRefusal(.badRequest) { try await house.attach(subnet, to: id) }
            for cidr in ["10.0.0.0/25", "203.0.113.128/25", "198.51.100.0/26"] {
                let overlapping = try await house.makeSubnet(cidr)
                await expectRefusal(.badRequest) { try await house.attach(overlapping, to: id) }
            }
            #expect(await house.network.heldPorts.count == 2)
        }
    }

    @Test func `an IPv6 subnet that an outside router advertises is refused`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(network, "fd00::/64", addressMode: "slaac")
            await expectRefusal(.badRequest) { try await house.attach(subnet, to: id) }
        }
    }

    @Test func `a second IPv6 prefix of a network joins the first one's port and leaves it alone`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            let (one, two) = (
                try await house.network.makeSubnet(network, "fd00:0:0:1::/64"),
                try await house.network.makeSubnet(network, "fd00:0:0:2::/64")
            )
            let first = try await house.attach(one, to: id)
            let second = try await house.attach(two, to: id)
            #expect(second.portID == first.portID && second.subnetIds == [two.description])
            #expect(await house.network.heldPorts.first?.port.addresses.map(\.subnetID) == [one, two])

            let removed = try await house.detach(subnet: one, from: id)
            #expect(removed.portID == first.portID && removed.subnetIds == [one.description])
            #expect(await house.network.heldPorts.first?.port.addresses.map(\.subnetID) == [two])
            try await house.detach(subnet: two, from: id)
            #expect(await house.network.heldPorts.isEmpty)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `a port is taken over as it is`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24")
            let port = try await house.network.makePort(network, [(subnet, "10.0.0.20")])
            let interface = try await house.attach(port: port, to: id)
            #expect(interface.portID == port.description && interface.subnetIds == [subnet.description])
            #expect(await house.network.ports[port]?.holder?.description == id)
            try await house.detach(port: port.description, from: id)
            #expect(await house.network.ports[port] == nil)
        }
    }

    @Test func `a port in use, without an address, or with two IPv4 addresses is refused and stays`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            let (one, two) = (
                try await house.network.makeSubnet(network, "10.0.0.0/24"),
                try await house.network.makeSubnet(network, "10.0.1.0/24")
            )
            let used = try await house.network.makePort(network, [(one, "10.0.0.20")], device: "vm")
            let bare = try await house.network.makePort(network, [])
            let double = try await house.network.makePort(network, [(one, "10.0.0.21"), (two, "10.0.1.21")])
            for (port, reason) in [(used, ErrorReason.portInUse), (bare, .badRequest), (double, .badRequest)] {
                await expectRefusal(reason) { try await house.attach(port: port, to: id) }
            }
            #expect(await house.network.heldPorts.isEmpty)
        }
    }

    @Test func `a port whose subnet overlaps or has an IPv6 port already is refused`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            let (one, two) = (
                try await house.network.makeSubnet(network, "fd00:0:0:1::/64"),
                try await house.network.makeSubnet(network, "fd00:0:0:2::/64")
            )
            try await house.attach(one, to: id)
            let second = try await house.network.makePort(network, [(two, "fd00:0:0:2::9")])
            let same = try await house.network.makePort(network, [(one, "fd00:0:0:1::9")])
            await expectRefusal(.badRequest) { try await house.attach(port: second, to: id) }
            await expectRefusal(.badRequest) { try await house.attach(port: same, to: id) }
        }
    }

    @Test func `an address outside the pools of a subnet that is not yours is refused`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork(project: "ops", isShared: true)
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24", project: "ops")
            let outside = try await house.network.makePort(network, [(subnet, "10.0.0.200")])
            let inside = try await house.network.makePort(network, [(subnet, "10.0.0.20")])
            await expectRefusal(.badRequest) { try await house.attach(port: outside, to: id) }
            try await house.attach(port: inside, to: id)
        }
    }

    @Test func `what is not attached cannot be detached`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let (attached, other) = (
                try await house.makeSubnet("10.0.0.0/24"), try await house.makeSubnet("10.0.1.0/24")
            )
            let port = try await house.attach(attached, to: id).portID
            await expectRefusal(.routerInterfaceNotFoundForSubnet) { try await house.detach(subnet: other, from: id) }
            await expectRefusal(.subnetNotFound) { try await house.detach(subnet: .random(), from: id) }
            let unknown = PortID.random().description
            await expectRefusal(.routerInterfaceNotFound) { try await house.detach(port: unknown, from: id) }
            await expectRefusal(.subnetMismatchForPort) { try await house.detach(subnet: other, port: port, from: id) }
            let gone = try await house.detach(subnet: attached, port: port, from: id)
            #expect(gone.portID == port && gone.subnetIds == [attached.description])
            #expect(await house.network.heldPorts.isEmpty)
        }
    }

    @Test func `the gateway is no interface`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let port = try #require(await house.network.heldPorts.first).port.id.description
            await expectRefusal(.routerInterfaceNotFound) { try await house.detach(port: port, from: id) }
        }
    }

    @Test func `an interface that a route needs stays`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            try await house.attach(subnet, to: id)
            try await house.setRoutes([("192.168.0.0/24", "10.0.0.5")], of: id)
            await expectRefusal(.routerInterfaceInUseByRoute) { try await house.detach(subnet: subnet, from: id) }
        }
    }

    @Test(arguments: [
        ("floating_ip", ErrorReason.routerInterfaceInUseByFloatingIP),
        ("port_forwarding", .routerInterfaceInUseByFloatingIP), ("ndp_proxy", .routerInterfaceInUseByNDPProxy),
    ])
    func `an interface that something leans on stays`(kind: String, reason: ErrorReason) async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let (subnet, free) = (try await house.makeSubnet("10.0.0.0/24"), try await house.makeSubnet("10.0.1.0/24"))
            let port = try await house.attach(subnet, to: id).portID
            try await house.attach(free, to: id)
            _ = try await house.bind(FloatingIPID.random().description, kind, subnet: subnet, to: external)
            await expectRefusal(reason) { try await house.detach(subnet: subnet, from: id) }
            await expectRefusal(reason) { try await house.detach(port: port, from: id) }
            try await house.detach(subnet: free, from: id)
        }
    }
}
