import Addressing
import Contracts
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Testing

@testable import FloatingIPService

@Suite(.needsPostgres, .tags(.postgres)) struct ObserverTests {
    private func tellDeletion(
        _ house: House,
        _ port: String,
        project: String = "acme",
        as who: RequestContext = .program
    ) async throws {
        _ = try await `as`(who) {
            try await house.observer.portWillBeDeleted(
                .with {
                    $0.port.id = port
                    $0.port.projectID = project
                }
            )
        }
    }

    private func tellLoss(_ house: House, _ port: String, _ addresses: String...) async throws {
        _ = try await `as`(.program) {
            try await house.observer.portWillLoseAddresses(
                .with {
                    $0.port.id = port
                    $0.ipAddresses = addresses
                }
            )
        }
    }

    @Test func `a port that is to go takes its associations with it, and the floating IPs stay`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5", "10.0.0.6")
            var ids: [String] = []
            for fixed in ["10.0.0.5", "10.0.0.6"] {
                let made = try await house.create(on: site.external) {
                    $0.portID = port
                    $0.fixedIpAddress = fixed
                }
                ids.append(made.id)
            }
            try await tellDeletion(house, port)
            for id in ids {
                let left = try await house.get(id)
                #expect(left.portID.isEmpty && left.fixedIpAddress.isEmpty && left.routerID.isEmpty)
                #expect(left.revisionNumber == 2)
            }
            #expect(await house.network.references.isEmpty)
            try await house.expectTrueHolds()
            try await tellDeletion(house, port)
        }
    }

    @Test func `a port that another project's floating IP is bound to stays`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5", project: "rival")
            let made = try await house.create(on: site.external, as: .admin) {
                $0.projectID = "acme"
                $0.portID = port
            }
            for who in [RequestContext.program, .other] {
                await expectRefusal(.floatingIPAssociatedByOther) {
                    try await tellDeletion(house, port, project: "rival", as: who)
                }
            }
            #expect(try await house.get(made.id).portID == port)
            try await tellDeletion(house, port, project: "rival", as: .admin)
            #expect(try await house.get(made.id).portID.isEmpty)
        }
    }

    @Test func `an address that is associated stays on its port`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5", "10.0.0.6")
            try await house.create(on: site.external) {
                $0.portID = port
                $0.fixedIpAddress = "10.0.0.5"
            }
            await expectRefusal(.badRequest) { try await tellLoss(house, port, "10.0.0.6", "10.0.0.5") }
            try await tellLoss(house, port, "10.0.0.6")
        }
    }

    @Test func `a network that is to go takes what is idle on it`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let elsewhere = try await house.makeSite("198.51.100.0/24", inner: "10.1.0.0/24")
            let port = try await house.makePort(site, "10.0.0.5")
            let mapped = try await house.create(on: site.external) { $0.portID = port }
            for _ in 0..<3 { try await house.create(on: site.external, as: .other) }
            let other = try await house.create(on: elsewhere.external)
            _ = try await `as`(.program) {
                try await house.observer.networkWillBeDeleted(.with { $0.networkID = site.external.description })
            }
            let left = try await house.list(as: .admin).floatingips.map(\.id)
            #expect(Set(left) == [mapped.id, other.id])
            try await house.expectTrueHolds()
            #expect(try await house.database.database.floatingIP(.random(), andUsageOfProject: "rival").usage.used == 0)
        }
    }

    @Test func `a port does not go while somebody is about to lean on it`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            var impatient = house.room.floatingIPs
            impatient.keeper.patience = .zero
            let made = try await house.create(on: site.external)
            let (opened, gate) = AsyncStream.makeStream(of: Void.self)
            await house.routers.setBefore { for await _ in opened {} }
            try await withThrowingTaskGroup { group in
                group.addTask { _ = try await house.associate(made.id, port) }
                try await eventually("the reference") { await !house.network.references.isEmpty }
                // Neither missed nor waited for without end.
                let id = try #require(PortID(port))
                await expectRefusal(.serviceUnavailable) { [impatient] in
                    try await impatient.portWillBeDeleted(id, ofProject: "acme", as: .program)
                }
                await expectRefusal(.serviceUnavailable) { [impatient] in
                    try await impatient.port(id, willLose: [.v4(IPv4Address(10, 0, 0, 5))])
                }
                gate.finish()
                try await group.waitForAll()
            }
            #expect(try await house.get(made.id).portID == port)
            await expectRefusal(.badRequest) { try await tellLoss(house, port, "10.0.0.5") }
            try await tellDeletion(house, port)
            #expect(try await house.get(made.id).portID.isEmpty)
            try await house.expectTrueHolds()
        }
    }

    @Test func `references are held as long as rows say so`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external) { $0.portID = port }
            let id = try #require(FloatingIPID(made.id))
            func reference(_ kind: String, _ object: String, holder: String = "floating_ip") -> Wire.Reference {
                .with {
                    $0.holder.kind = holder
                    $0.holder.id = made.id
                    $0.objectKind = kind
                    $0.objectID = object
                }
            }
            let held = [
                reference("port", port), reference("router", site.router.description),
                reference("port", id.derived(as: PortKind.self, purpose: .floatingIPPort).description),
            ]
            let loose = [
                reference("port", PortID.random().description), reference("router", RouterID.random().description),
                reference("network", port), reference("port", port, holder: "router"), reference("port", "nonsense"),
                reference("port", port, holder: "port_forwarding"),
            ]
            func check() async throws -> [Wire.Reference] {
                try await `as`(.program) {
                    try await house.references.checkReferences(.with { $0.references = held + loose }).held
                }
            }
            #expect(try await check() == held)
            try await house.associate(made.id, "")
            #expect(try await check() == [held[2]])
            try await house.delete(made.id)
            #expect(try await check().isEmpty)
            await expectRefusal(.notAuthorized) {
                try await `as`(.member) { try await house.references.checkReferences(.init()) }
            }
        }
    }
}
