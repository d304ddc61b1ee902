import Contracts
internal import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing
@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct DutyTests {
    /// Makes every duty due now.
    private func makeDue(_ house: House) async throws {
        try await house.database.database.execute("UPDATE duties SET due_at = now() - interval '1 second'")
    }

    @Test func `while NetworkService is away nothing can be attached, and nothing is half done`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            await house.network.setAway(true)
            await expectRefusal(.serviceUnavailable) { try await house.attach(subnet, to: id) }
            #expect(try await house.router(id).revisionNumber == 1)
            await house.network.setAway(false)
            try await house.attach(subnet, to: id)
        }
    }

    @Test func `a port that was made and never committed is released again`() async throws {
        try await House.open([.duties]) { house in
            let router = RouterID.random()
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            let network = try #require(await house.network.subnets[subnet]).networkID
            // What a crash between NetworkService's answer and the commit leaves behind.
            let prepared = try await house.room.keeper.make(
                PortReservation(
                    portID: .random(),
                    routerID: router,
                    networkID: network,
                    projectID: "acme",
                    role: .interface,
                    addresses: []
                )
            )
            #expect(await house.network.heldPorts.map(\.port.id) == [prepared.port.id])
            try await makeDue(house)
            try await eventually("the port is released") { await house.network.heldPorts.isEmpty }
            try await eventually("the duty is done") { try await house.count("duties") == 0 }
        }
    }

    @Test func `a port that was claimed and never committed goes back to its tenant`() async throws {
        try await House.open([.duties]) { house in
            let network = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24")
            let port = try await house.network.makePort(network, [(subnet, "10.0.0.20")])
            _ = try await house.room.keeper.claim(port, for: .random())
            try await makeDue(house)
            try await eventually("the port is the tenant's") {
                let held = await house.network.ports[port]
                return held != nil && held?.holder == nil && held?.port.deviceID == ""
            }
        }
    }

    @Test func `addresses that were changed and never committed are changed back`() async throws {
        try await House.open([.duties]) { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let key = try #require(RouterID(id))
            let topology = try #require(try await house.room.store.run { try await $0.topology(key) })
            let gateway = try #require(topology.gateway)
            let wish = WantedAddress(subnetID: gateway.addresses.first?.subnetID)
            _ = try await house.room.keeper.readdress(gateway, of: topology.router.id, to: [wish, wish])
            #expect(await house.network.heldPorts.first?.port.addresses.count == 2)
            try await makeDue(house)
            try await eventually("the addresses are back") {
                await house.network.heldPorts.first?.port.addresses == gateway.addresses
            }
        }
    }

    @Test func `a commit that comes after the undoing is refused`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            let keeper = house.room.keeper
            await house.network.setAfterChange { [network = house.network] in
                // Between NetworkService's answer and the commit somebody settles the duty.
                await network.setAfterChange(nil)
                for port in await network.ports.keys { await keeper.settle(port) }
            }
            await expectRefusal(.serviceUnavailable) { try await house.attach(subnet, to: id) }
            #expect(await house.network.heldPorts.isEmpty)
            #expect(try await house.count("router_ports") == 0)
            #expect(try await house.count("duties") == 0)
        }
    }

    @Test func `a removal holds when NetworkService is away, which hears of it later`() async throws {
        try await House.open([.duties]) { house in
            let id = try await house.makeRouter().id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            try await house.attach(subnet, to: id)
            await house.network.setAway(true)
            try await house.detach(subnet: subnet, from: id)
            #expect(try await house.count("router_ports") == 0)
            await house.network.setAway(false)
            try await makeDue(house)
            try await eventually("the port is released") { await house.network.heldPorts.isEmpty }
        }
    }

    @Test func `a prefix that left while NetworkService was away leaves the port later`() async throws {
        try await House.open([.duties, .following]) { house in
            let id = try await house.makeRouter().id
            let network = await house.network.makeNetwork()
            let (one, two) = (
                try await house.network.makeSubnet(network, "fd00:0:0:1::/64"),
                try await house.network.makeSubnet(network, "fd00:0:0:2::/64")
            )
            try await house.attach(one, to: id)
            try await house.attach(two, to: id)
            await house.network.setAway(true)
            try await house.detach(subnet: one, from: id)
            await house.network.setAway(false)
            try await makeDue(house)
            try await eventually("the prefix has left") {
                await house.network.heldPorts.first?.port.addresses.map(\.subnetID) == [two]
            }
            try await eventually("the duty is done") { try await house.count("duties") == 0 }
            await expectRefusal(.routerInterfaceNotFoundForSubnet) { try await house.detach(subnet: one, from: id) }
            try await house.attach(one, to: id)
        }
    }

    @Test func `routers hold the ports of their rows and of what is under way, and no others`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            let attached = try await house.attach(subnet, to: id).portID
            let network = try #require(await house.network.subnets[subnet]).networkID
            let router = try #require(RouterID(id))
            let underWay = try await house.room.keeper.make(
                PortReservation(
                    portID: .random(),
                    routerID: router,
                    networkID: network,
                    projectID: "acme",
                    role: .interface,
                    addresses: []
                )
            ).port.id.description
            func reference(_ port: String, by holder: String = id, kind: String = "router") -> L3_Reference_V1_Reference
            {
                .with {
                    $0.objectKind = "port"
                    $0.objectID = port
                    $0.holder.kind = kind
                    $0.holder.id = holder
                }
            }
            let held = [reference(attached), reference(underWay)]
            let others = [
                reference(PortID.random().description), reference(attached, by: RouterID.random().description),
                reference(attached, kind: "floating_ip"),
            ]
            let answer = try await `as`(.program) {
                try await house.references.checkReferences(.with { $0.references = held + others })
            }
            #expect(answer.held == held)
            await expectRefusal(.notAuthorized, as: .admin) {
                try await house.references.checkReferences(.with { $0.references = held })
            }
        }
    }
}
