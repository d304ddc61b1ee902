import Addressing
import Contracts
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import FloatingIPService

@Suite(.needsPostgres, .tags(.postgres)) struct PortForwardingTests {
    private func withFloatingIP(_ body: (House, Site, String, String) async throws -> Void) async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            try await body(house, site, port, house.create(on: site.external).id)
        }
    }

    @Test func `the first forwarding puts the floating IP on its router, the last takes it off`() async throws {
        try await withFloatingIP { house, site, port, id in
            let made = try await house.forward(id, to: port) { $0.description_p = "ssh" }
            #expect(made.externalPort == 2222 && made.externalPortRange == "2222:2222")
            #expect(made.internalPort == 22 && made.internalPortRange == "22:22" && made.protocol == "tcp")
            #expect(made.internalPortID == port && made.internalIpAddress == "10.0.0.5" && made.description_p == "ssh")
            #expect(try await house.forwarding(made.id, of: id) == made)
            let shown = try await house.get(id)
            #expect(shown.routerID == site.router.description && shown.portID.isEmpty && shown.revisionNumber == 2)
            #expect(
                shown.portForwardings == [
                    .with {
                        $0.id = made.id
                        $0.protocol = "tcp"
                        $0.internalIpAddress = "10.0.0.5"
                        $0.internalPortID = port
                        $0.internalPort = 22
                        $0.externalPort = 2222
                    }
                ]
            )
            try await house.expectTrueHolds()
            try await house.remove(made)
            #expect(try await house.get(id).routerID.isEmpty)
            await expectRefusal(.portForwardingNotFound) { try await house.forwarding(made.id, of: id) }
            await expectRefusal(.portForwardingNotFound) { try await house.remove(made) }
            try await house.expectTrueHolds()
            try await house.delete(id)
            try await house.expectNothingLeft()
        }
    }

    @Test func `ranges go to as many ports, or to one`() async throws {
        try await withFloatingIP { house, _, port, id in
            let many = try await house.forward(id, to: port) {
                ($0.externalPort, $0.internalPort) = (0, 0)
                ($0.externalPortRange, $0.internalPortRange) = ("8000:8009", "80:89")
            }
            #expect(
                many.externalPort == 0 && many.externalPortRange == "8000:8009" && many.internalPortRange == "80:89"
            )
            let one = try await house.forward(id, to: port) {
                $0.externalPort = 0
                $0.externalPortRange = "9000:9009"
            }
            #expect(one.internalPort == 22)
            try await house.expectTrueHolds()
        }
    }

    /// What is wrong with a request in itself, or with where it leads.
    static let refused: [(String, ErrorReason, @Sendable (inout Wire.PortForwarding) -> Void)] = [
        ("a protocol in capitals", .invalidInput, { $0.protocol = "TCP" }),
        ("a protocol's number", .invalidInput, { $0.protocol = "6" }),
        ("a protocol without ports", .invalidInput, { $0.protocol = "icmp" }),
        ("no internal port", .badRequest, { $0.internalPort = 0 }),
        ("no external port", .badRequest, { $0.externalPort = 0 }),
        ("a port that is none", .invalidInput, { $0.externalPort = 65536 }),
        ("a range the wrong way round", .invalidInput, { ($0.externalPort, $0.externalPortRange) = (0, "9:8") }),
        (
            "three ports to two", .badRequest,
            {
                ($0.externalPort, $0.externalPortRange) = (0, "1:3")
                ($0.internalPort, $0.internalPortRange) = (0, "1:2")
            }
        ),
        ("one port to two", .badRequest, { ($0.internalPort, $0.internalPortRange) = (0, "1:2") }),
        ("no port to lead to", .invalidInput, { $0.internalPortID = "" }),
        ("an unknown port", .portNotFound, { $0.internalPortID = PortID.random().description }),
        ("no address", .invalidInput, { $0.internalIpAddress = "" }),
        ("an IPv6 address", .invalidInput, { $0.internalIpAddress = "2001:db8::1" }),
        ("an address that is not the port's", .badRequest, { $0.internalIpAddress = "10.0.0.6" }),
        ("a description that is too long", .invalidInput, { $0.description_p = String(repeating: "x", count: 256) }),
        ("an unknown floating IP", .floatingIPNotFound, { $0.floatingipID = FloatingIPID.random().description }),
        ("an id that is none", .badRequest, { $0.id = "nonsense" }),
    ]

    @Test(arguments: refused.indices) func `a refused one leaves nothing behind`(index: Int) async throws {
        let (what, reason, fill) = Self.refused[index]
        try await withFloatingIP { house, _, port, id in
            await expectRefusal(reason) { try await house.forward(id, to: port, fill) }
            #expect(try await house.count("port_forwardings") == 0, "\(what)")
            try await house.expectTrueHolds()
        }
    }

    @Test func `a floating IP has forwardings or a port, never both`() async throws {
        try await withFloatingIP { house, site, port, id in
            let forwarding = try await house.forward(id, to: port)
            await expectRefusal(.floatingIPInUseByPortForwarding) { try await house.associate(id, port) }
            await expectRefusal(.floatingIPInUseByPortForwarding) { try await house.delete(id) }
            #expect(try await house.associate(id, "").routerID == site.router.description)
            try await house.expectTrueHolds()
            try await house.remove(forwarding)
            try await house.associate(id, port)
            await expectRefusal(.floatingIPPortAlreadyAssociated) { try await house.forward(id, to: port) }
            try await house.expectTrueHolds()
        }
    }

    @Test func `nothing is forwarded to a port that has a floating IP`() async throws {
        try await withFloatingIP { house, site, port, id in
            try await house.create(on: site.external) { $0.portID = port }
            await expectRefusal(.portHasBindingFloatingIP) { try await house.forward(id, to: port) }
            try await house.expectTrueHolds()
        }
    }

    @Test func `a port that no router leads to is a bad request`() async throws {
        try await withFloatingIP { house, _, _, id in
            let alone = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(alone, "10.9.0.0/24")
            let stray = try await house.network.makePort(alone, [(subnet, "10.9.0.5")]).description
            await expectRefusal(.badRequest) { try await house.forward(id, to: stray, at: "10.9.0.5") }
            try await house.expectTrueHolds()
        }
    }

    @Test func `all forwardings of a floating IP go by one router`() async throws {
        try await withFloatingIP { house, site, port, id in
            let inner = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(inner, "10.1.0.0/24")
            let router = await house.routers.makeRouter(gateway: site.external, subnets: [subnet])
            let far = try await house.network.makePort(inner, [(subnet, "10.1.0.5")]).description
            let first = try await house.forward(id, to: port)
            await expectRefusal(.badRequest) {
                try await house.forward(id, to: far, at: "10.1.0.5") { $0.externalPort = 1 }
            }
            // The only one may take its floating IP along.
            let moved = try await house.change(first, ["internal_port_id"]) { $0.internalPortID = far }
            #expect(moved.internalIpAddress == "10.1.0.5")
            #expect(try await house.get(id).routerID == router.description)
            try await house.expectTrueHolds()
        }
    }

    @Test func `neither side of two forwardings overlaps`() async throws {
        try await withFloatingIP { house, site, port, id in
            let second = try await house.makePort(site, "10.0.0.6")
            try await house.forward(id, to: port) {
                ($0.externalPort, $0.externalPortRange) = (0, "2000:2999")
            }
            await expectRefusal(.badRequest) { try await house.forward(id, to: second, at: "10.0.0.6") }
            try await house.forward(id, to: second, at: "10.0.0.6") { $0.protocol = "udp" }
            let other = try await house.create(on: site.external).id
            await expectRefusal(.badRequest) { try await house.forward(other, to: port) }
            try await house.forward(other, to: port) { $0.internalPort = 23 }
            try await house.expectTrueHolds()
        }
    }

    @Test func `of two that race for the same ports one wins`() async throws {
        try await withFloatingIP { house, _, port, id in
            let outcomes = await withTaskGroup(of: ErrorReason?.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        do {
                            try await house.forward(id, to: port) { $0.internalPort = Int32(100 + index) }
                            return nil
                        } catch {
                            return (error as? RemoteError)?.reason
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1 && outcomes.count { $0 == .badRequest } == 5)
            try await house.expectTrueHolds()
        }
    }

    @Test func `a change merges with what is there and is checked anew`() async throws {
        try await withFloatingIP { house, site, port, id in
            let made = try await house.forward(id, to: port)
            let other = try await house.forward(id, to: port) { ($0.externalPort, $0.internalPort) = (80, 80) }
            let changed = try await house.change(made, ["external_port", "description"]) {
                ($0.externalPort, $0.description_p) = (2223, "new")
            }
            #expect(changed.externalPort == 2223 && changed.internalPort == 22 && changed.description_p == "new")
            #expect(try await house.get(id).revisionNumber == 4)
            await expectRefusal(.badRequest) {
                try await house.change(made, ["external_port"]) { $0.externalPort = 80 }
            }
            await expectRefusal(.badRequest) {
                try await house.change(made, ["internal_port_range"]) { $0.internalPortRange = "1:2" }
            }
            await expectRefusal(.badRequest) { try await house.change(made, ["external_port"]) { $0.externalPort = 0 } }
            await expectRefusal(.invalidInput) { try await house.change(made, ["floatingip_id"]) { _ in } }
            await expectRefusal(.badRequest) {
                try await house.change(made, ["internal_ip_address"]) { $0.internalIpAddress = "10.0.0.99" }
            }
            let far = try await house.makePort(site, "10.0.0.7")
            let moved = try await house.change(other, ["internal_port_id", "internal_ip_address"]) {
                ($0.internalPortID, $0.internalIpAddress) = (far, "10.0.0.7")
            }
            #expect(moved.internalPortID == far && moved.externalPort == 80)
            try await house.expectTrueHolds()
        }
    }

    @Test func `creating with an id again answers the first`() async throws {
        try await withFloatingIP { house, site, port, id in
            let wanted = PortForwardingID.random().description
            let first = try await house.forward(id, to: port) { $0.id = wanted }
            let again = try await house.forward(id, to: port) { ($0.id, $0.externalPort) = (wanted, 1) }
            #expect(again == first)
            let other = try await house.create(on: site.external).id
            await expectRefusal(.conflict) {
                try await house.forward(other, to: port) { ($0.id, $0.internalPort) = (wanted, 99) }
            }
            await expectRefusal(.portForwardingNotFound) { try await house.forwarding(wanted, of: other) }
            try await house.expectTrueHolds()
        }
    }

    @Test func `forwardings follow their floating IP in who sees and changes them`() async throws {
        try await withFloatingIP { house, _, port, id in
            let made = try await house.forward(id, to: port)
            #expect(try await house.forwardings(of: id, as: .reader) == [made])
            await expectRefusal(.floatingIPNotFound) { try await house.forwardings(of: id, as: .other) }
            await expectRefusal(.floatingIPNotFound) { try await house.forwarding(made.id, of: id, as: .other) }
            for (who, reason) in [(RequestContext.reader, ErrorReason.notAuthorized), (.other, .floatingIPNotFound)] {
                await expectRefusal(reason) { try await house.forward(id, to: port, as: who) { $0.externalPort = 1 } }
                await expectRefusal(reason) { try await house.change(made, ["description"], as: who) { _ in } }
                await expectRefusal(reason) { try await house.remove(made, as: who) }
            }
        }
    }

    @Test func `lists are filtered and sorted, also by external port`() async throws {
        try await withFloatingIP { house, _, port, id in
            for external in [30, 10, 20] as [Int32] {
                try await house.forward(id, to: port) { ($0.externalPort, $0.internalPort) = (external, external) }
            }
            let sorted = try await house.forwardings(of: id) { $0.sort = [.with { $0.field = "external_port" }] }
            #expect(sorted.map(\.externalPort) == [10, 20, 30])
            let found = try await house.forwardings(of: id) {
                $0.filters = [.with { ($0.field, $0.values) = ("external_port_range", ["20:20"]) }]
            }
            #expect(found.map(\.externalPort) == [20])
            await expectRefusal(.invalidInput) {
                try await house.forwardings(of: id) {
                    $0.filters = [.with { ($0.field, $0.values) = ("internal_port", ["20"]) }]
                }
            }
        }
    }

    @Test func `a port or address that goes takes its forwardings along`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5", "10.0.0.6")
            let id = try await house.create(on: site.external).id
            let first = try await house.forward(id, to: port)
            let second = try await house.forward(id, to: port, at: "10.0.0.6") { $0.externalPort = 2223 }
            _ = try await `as`(.program) {
                try await house.observer.portWillLoseAddresses(
                    .with {
                        $0.port.id = port
                        $0.ipAddresses = ["10.0.0.5"]
                    }
                )
            }
            #expect(try await house.forwardings(of: id) == [second])
            try await house.expectTrueHolds()
            _ = first
            _ = try await `as`(.program) { try await house.observer.portWillBeDeleted(.with { $0.port.id = port }) }
            #expect(try await house.forwardings(of: id).isEmpty)
            #expect(try await house.get(id).routerID.isEmpty)
            try await house.expectTrueHolds()
        }
    }

    @Test func `nodes hear of forwardings with their floating IP`() async throws {
        try await withFloatingIP { house, site, port, id in
            let made = try await house.forward(id, to: port) {
                ($0.externalPort, $0.externalPortRange) = (0, "2000:2009")
            }
            let addresses = try await house.room.addresses.addresses(onRouter: site.router)
            let state = try #require(addresses.first.map { AddressEvent.upserted($0, on: site.router).wire.upserted })
            #expect(state.fixedIpAddress.isEmpty && state.revisionNumber == 2)
            #expect(
                state.portForwardings == [
                    .with {
                        $0.id = made.id
                        $0.protocol = "tcp"
                        ($0.externalPortFirst, $0.externalPortLast) = (2000, 2009)
                        ($0.internalPortFirst, $0.internalPortLast) = (22, 22)
                        $0.internalIpAddress = "10.0.0.5"
                    }
                ]
            )
            try await house.report(id, 2, .active)
            #expect(try await house.get(id).status == "ACTIVE")
            try await house.remove(made)
            try await house.report(id, 3, .removed)
            #expect(try await house.get(id).status == "DOWN")
        }
    }
}
