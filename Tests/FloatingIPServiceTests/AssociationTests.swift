import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import FloatingIPService

@Suite(.needsPostgres, .tags(.postgres)) struct AssociationTests {
    @Test func `associating sets port, address and router, and grows the revision`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external)
            let changed = try await house.associate(made.id, port)
            #expect(changed.portID == port && changed.fixedIpAddress == "10.0.0.5" && changed.status == "DOWN")
            #expect(changed.routerID == site.router.description && changed.revisionNumber == 2)
            #expect(changed.portDetails.name == "vm")
            #expect(try await house.get(made.id) == changed)
            try await house.expectTrueHolds()
        }
    }

    @Test func `disassociating clears them and lets go of port and router`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external) { $0.portID = port }
            let changed = try await house.associate(made.id, "")
            #expect(changed.portID.isEmpty && changed.fixedIpAddress.isEmpty && changed.routerID.isEmpty)
            #expect(changed.revisionNumber == 2 && !changed.hasPortDetails)
            #expect(await house.network.references.isEmpty)
            try await house.expectTrueHolds()
            let again = try await house.associate(made.id, "")
            #expect(again.revisionNumber == 2)
        }
    }

    @Test func `a move to another port takes one call`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let (first, second) = (
                try await house.makePort(site, "10.0.0.5"), try await house.makePort(site, "10.0.0.6")
            )
            let made = try await house.create(on: site.external) { $0.portID = first }
            let moved = try await house.associate(made.id, second)
            #expect(moved.portID == second && moved.fixedIpAddress == "10.0.0.6" && moved.revisionNumber == 2)
            try await house.expectTrueHolds()
        }
    }

    @Test func `a move to another router leaves the first one`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let inner = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(inner, "10.1.0.0/24")
            let router = await house.routers.makeRouter(gateway: site.external, subnets: [subnet])
            let far = try await house.network.makePort(inner, [(subnet, "10.1.0.5")]).description
            let made = try await house.create(on: site.external) {
                [port = try await house.makePort(site, "10.0.0.5")] in
                $0.portID = port
            }
            let moved = try await house.associate(made.id, far)
            #expect(moved.routerID == router.description)
            #expect(await house.routers.bindings.map(\.binding.routerID) == [router])
            try await house.expectTrueHolds()
        }
    }

    @Test func `a move to another address of the same port keeps the reference`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5", "10.0.0.6")
            let made = try await house.create(on: site.external) {
                $0.portID = port
                $0.fixedIpAddress = "10.0.0.5"
            }
            let moved = try await house.associate(made.id, port, "10.0.0.6")
            #expect(moved.fixedIpAddress == "10.0.0.6")
            try await house.expectTrueHolds()
        }
    }

    @Test func `a router that is not on the subnet is taken when it is named`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let beyond = await house.routers.makeRouter(gateway: site.external, subnets: [])
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external)
            let changed = try await house.associate(made.id, port, via: beyond)
            #expect(changed.routerID == beyond.description)
            // To the router that is found, through the same port: only the binding moves.
            let back = try await house.associate(made.id, port)
            #expect(back.routerID == site.router.description && back.revisionNumber == 3)
            try await house.expectTrueHolds()
        }
    }

    @Test func `a router_id without a port_id is ignored`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let made = try await house.create(on: site.external) { $0.routerID = RouterID.random().description }
            let changed = try await house.update(made.id, ["router_id"]) { $0.routerID = RouterID.random().description }
            #expect(changed.routerID.isEmpty && changed.revisionNumber == 1)
        }
    }

    @Test func `another project's router is not found`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let foreign = await house.routers.makeRouter(
                project: "rival",
                gateway: site.external,
                subnets: [site.subnet]
            )
            let made = try await house.create(on: site.external)
            await expectRefusal(.routerNotFound) { try await house.associate(made.id, port, via: foreign) }
            #expect(try await house.associate(made.id, port, via: foreign, as: .admin).routerID == foreign.description)
        }
    }

    @Test func `a second floating IP of the network on a fixed address is refused`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            try await house.create(on: site.external) { $0.portID = port }
            await expectRefusal(.floatingIPPortAlreadyAssociated) {
                try await house.create(on: site.external) { $0.portID = port }
            }
            let idle = try await house.create(on: site.external)
            await expectRefusal(.floatingIPPortAlreadyAssociated) { try await house.associate(idle.id, port) }
            #expect(try await house.get(idle.id) == idle)
            try await house.expectTrueHolds()
        }
    }

    @Test func `a second floating IP of another external network is fine`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let second = await house.network.makeNetwork(project: "ops", isExternal: true)
            try await house.network.makeSubnet(second, "198.51.100.0/24")
            _ = await house.routers.makeRouter(gateway: second, subnets: [site.subnet])
            try await house.create(on: site.external) { $0.portID = port }
            let other = try await house.create(on: second) { $0.portID = port }
            #expect(other.portID == port)
            try await house.expectTrueHolds()
        }
    }

    @Test func `a refused move leaves the mapping as it is`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external) { $0.portID = port }
            let (wide, bare) = (try await house.makePort(site, "10.0.0.6", "10.0.0.7"), try await house.makePort(site))
            let alone = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(alone, "10.9.0.0/24")
            let stray = try await house.network.makePort(alone, [(subnet, "10.9.0.5")]).description
            let wishes: [(String, String, ErrorReason)] = [
                (PortID.random().description, "", .portNotFound), ("nonsense", "", .portNotFound),
                (wide, "", .badRequest), (wide, "10.0.0.99", .badRequest), (bare, "", .badRequest),
                (stray, "", .externalGatewayForFloatingIPNotFound), ("", "10.0.0.5", .badRequest),
            ]
            for (port, fixed, reason) in wishes {
                await expectRefusal(reason) { try await house.associate(made.id, port, fixed) }
            }
            await expectRefusal(.badRequest) {
                try await house.update(made.id, ["fixed_ip_address"]) { $0.fixedIpAddress = "10.0.0.6" }
            }
            #expect(try await house.get(made.id) == made)
            try await house.expectTrueHolds()
        }
    }

    @Test func `a port that loses its address between the look and the reference is refused`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external)
            await house.network.setBefore { call in
                guard call == .addReference, let id = PortID(port) else { return }
                try await house.network.change(id) { $0.addresses = [] }
            }
            await expectRefusal(.badRequest) { try await house.associate(made.id, port) }
            try await house.expectTrueHolds()
        }
    }

    @Test func `an update without a port leaves the mapping, also of a port with several addresses`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5", "10.0.0.6")
            let made = try await house.create(on: site.external) {
                $0.portID = port
                $0.fixedIpAddress = "10.0.0.5"
            }
            let changed = try await house.update(made.id, ["description", "tags"]) {
                $0.description_p = "new"
                $0.tags = ["x"]
            }
            #expect(changed.description_p == "new" && changed.tags == ["x"] && changed.revisionNumber == 2)
            #expect(changed.fixedIpAddress == "10.0.0.5" && changed.portDetails.name == "vm")
            #expect(changed.updatedAt.seconds >= made.updatedAt.seconds)
        }
    }

    @Test func `tags come and go by name`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let made = try await house.create(on: site.external) { $0.tags = ["a"] }
            let changed = try await `as`(.member) {
                try await house.floatingIPs.updateFloatingIP(
                    .with {
                        $0.floatingip.id = made.id
                        $0.addTags = ["b", "a"]
                        $0.removeTags = ["z"]
                    }
                )
            }
            #expect(changed.tags == ["a", "b"] && changed.revisionNumber == 2)
        }
    }

    @Test func `what is fixed at creation, or unknown, cannot be changed`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let made = try await house.create(on: site.external)
            for path in ["floating_network_id", "floating_ip_address", "project_id", "dns_name", "status", "nonsense"] {
                await expectRefusal(.invalidInput) { try await house.update(made.id, [path]) }
            }
        }
    }

    @Test func `an expected revision must be the present one`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external)
            await expectRefusal(.revisionMismatch) { try await house.update(made.id, ["description"], revision: 7) }
            await expectRefusal(.revisionMismatch) {
                try await house.update(made.id, ["port_id"], revision: 7) { $0.portID = port }
            }
            await expectRefusal(.revisionMismatch) { try await house.delete(made.id, revision: 7) }
            #expect(try await house.update(made.id, ["port_id"], revision: 1) { $0.portID = port }.revisionNumber == 2)
            try await house.delete(made.id, revision: 2)
            try await house.expectNothingLeft()
        }
    }

    @Test func `what is not yours does not exist, and a reader changes nothing`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let id = try await house.create(on: site.external).id
            await expectRefusal(.floatingIPNotFound) { try await house.get(id, as: .other) }
            await expectRefusal(.floatingIPNotFound) { try await house.get("nonsense") }
            await expectRefusal(.floatingIPNotFound) { try await house.get(FloatingIPID.random().description) }
            for (who, reason) in [(RequestContext.reader, ErrorReason.notAuthorized), (.other, .floatingIPNotFound)] {
                await expectRefusal(reason) { try await house.update(id, ["description"], as: who) }
                await expectRefusal(reason) { try await house.associate(id, "", as: who) }
                await expectRefusal(reason) { try await house.delete(id, as: who) }
            }
            #expect(try await house.get(id, as: .reader).id == id)
            #expect(try await house.get(id, as: .admin).id == id)
        }
    }

    @Test func `deleting an associated one gives address, port and router back`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external) { $0.portID = port }
            try await house.delete(made.id)
            await expectRefusal(.floatingIPNotFound) { try await house.get(made.id) }
            await expectRefusal(.floatingIPNotFound) { try await house.delete(made.id) }
            try await house.expectNothingLeft()
            #expect(try await house.create(on: site.external).floatingIpAddress == made.floatingIpAddress)
        }
    }
}
