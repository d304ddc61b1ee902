import Addressing
import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import FloatingIPService

/// What happens between the services when something goes wrong half way.
@Suite(.needsPostgres, .tags(.postgres)) struct UndertakingTests {
    private static let away = RemoteError(reason: .serviceUnavailable, message: "away")

    /// Lets the lease of every undertaking run out.
    private func expire(_ house: House) async throws {
        try await house.database.database.execute("UPDATE undertakings SET lease_until = now() - interval '1 second'")
    }

    private func isHeld(_ house: House, _ id: String, port: String) async throws -> Bool {
        try await `as`(.program) {
            try await !house.references.checkReferences(
                .with {
                    $0.references = [
                        .with {
                            $0.holder.kind = "floating_ip"
                            $0.holder.id = id
                            $0.objectKind = "port"
                            $0.objectID = port
                        }
                    ]
                }
            ).held.isEmpty
        }
    }

    @Test func `an answer that was lost on the way is undone`() async throws {
        for call in [FakeNetwork.Call.reserve, .addReference] {
            try await House.open { house in
                let site = try await house.makeSite()
                let port = try await house.makePort(site, "10.0.0.5")
                await house.network.setAfter { if $0 == call { throw Self.away } }
                await expectRefusal(.serviceUnavailable) {
                    try await house.create(on: site.external) { $0.portID = port }
                }
                try await house.expectNothingLeft()
            }
        }
    }

    @Test func `what cannot be undone at once is undone later`() async throws {
        try await House.open(hasUpkeep: true) { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            await house.routers.setBefore { throw Self.away }
            await expectRefusal(.serviceUnavailable) { try await house.create(on: site.external) { $0.portID = port } }
            #expect(try await house.count("floating_ips") == 0)
            await house.routers.setBefore {}
            try await eventually("tidied up") { try await house.count("undertakings") == 0 }
            try await house.expectNothingLeft()
        }
    }

    @Test func `a deletion counts even if the address cannot be given back at once`() async throws {
        try await House.open(hasUpkeep: true) { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let made = try await house.create(on: site.external) { $0.portID = port }
            await house.network.setBefore { if [.release, .removeReference].contains($0) { throw Self.away } }
            try await house.delete(made.id)
            await expectRefusal(.floatingIPNotFound) { try await house.get(made.id) }
            #expect(await house.network.heldPorts.count == 1)
            // Nobody sweeps it away meanwhile as if it were nobody's.
            #expect(try await isHeld(house, made.id, port: port))
            await house.network.setBefore { _ in }
            try await eventually("tidied up") { try await house.count("undertakings") == 0 }
            try await house.expectNothingLeft()
        }
    }

    @Test func `a crash between the holds and the commit leaves nothing for long`() async throws {
        try await House.open(hasUpkeep: true) { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            let (id, portID) = (FloatingIPID.random(), try #require(PortID(port)))
            _ = try await house.room.keeper.begin(.floatingIP(id), leaningOn: portID)
            let target = FloatingIP.Target(portID: portID, address: .any, subnetID: site.subnet)
            _ = try await house.network.reserve(AddressReservation(floatingIPID: id, networkID: site.external))
            _ = try await house.routers.bind(
                .floatingIP(id),
                to: Way(networkID: site.external, subnetID: target.subnetID)
            )
            #expect(try await isHeld(house, id.description, port: port))
            try await expire(house)
            try await eventually("tidied up") { try await house.count("undertakings") == 0 }
            try await house.expectNothingLeft()
        }
    }

    @Test func `whoever took too long does not commit`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let port = try await house.makePort(site, "10.0.0.5")
            await house.network.setAfter { if $0 == .reserve { try await expire(house) } }
            await expectRefusal(.serviceUnavailable) { try await house.create(on: site.external) { $0.portID = port } }
            #expect(try await house.count("floating_ips") == 0)
        }
    }

    @Test func `a crashed move is finished by the next change`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let (first, second) = (
                try await house.makePort(site, "10.0.0.5"), try await house.makePort(site, "10.0.0.6")
            )
            let made = try await house.create(on: site.external) { $0.portID = first }
            let (id, portID) = (try #require(FloatingIPID(made.id)), try #require(PortID(second)))
            _ = try await house.room.keeper.begin(.floatingIP(id), leaningOn: portID)
            let target = try #require(await house.network.ports[portID]?.targets.first)
            _ = try await house.network.addReference(of: .floatingIP(id), to: target)
            try await expire(house)
            let third = try await house.makePort(site, "10.0.0.7")
            try await house.associate(made.id, third)
            try await house.expectTrueHolds()
        }
    }

    @Test func `a call that is cancelled half way is tidied up after`() async throws {
        try await House.open(hasUpkeep: true) { house in
            let site = try await house.makeSite()
            let port = try #require(PortID(try await house.makePort(site, "10.0.0.5")))
            var draft = FloatingIPDraft(id: .random(), networkID: site.external)
            draft.association = AssociationRequest(portID: port)
            let (opened, gate) = AsyncStream.makeStream(of: Void.self)
            await house.network.setAfter { call in
                guard call == .addReference else { return }
                for await _ in opened {}
                try Task.checkCancellation()
            }
            try await withThrowingTaskGroup { group in
                group.addTask { [draft] in _ = try? await house.room.floatingIPs.create(draft, as: .member) }
                try await eventually("all is held") {
                    let (ports, references) = await (house.network.heldPorts, house.network.references)
                    return await !house.routers.bindings.isEmpty && !ports.isEmpty && !references.isEmpty
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            gate.finish()
            await house.network.setAfter { _ in }
            try await eventually("tidied up") { try await house.count("undertakings") == 0 }
            try await house.expectNothingLeft()
        }
    }

    @Test func `a floating IP whose change hangs is busy, not broken`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let made = try await house.create(on: site.external)
            let undertaking = try await house.room.keeper.begin(
                .floatingIP(try #require(FloatingIPID(made.id))),
                leaningOn: nil
            )
            var impatient = house.room.floatingIPs
            impatient.keeper.patience = .zero
            await expectRefusal(.serviceUnavailable) { [impatient] in
                try await impatient.delete(made.id, expected: nil, as: .member)
            }
            await house.room.keeper.settle(undertaking)
            try await house.delete(made.id)
            try await house.expectNothingLeft()
        }
    }

    @Test func `a database without tables is a service that is not available yet`() async throws {
        let database = try await TemporaryDatabase.make()
        let (network, routers) = (FakeNetwork(), FakeRouters())
        let room = FloatingIPRoom(
            database: database.database,
            networks: network,
            ports: network,
            routers: routers,
            quota: 1,
            logger: .silent
        )
        let error = await #expect(throws: FloatingIPError.self) {
            try await room.floatingIPs.get(FloatingIPID.random().description, as: .member)
        }
        #expect(error?.reason == .serviceUnavailable)
    }

    @Test func `a database that goes away is a refusal, and comes back by itself`() async throws {
        let cluster = try await TemporaryCluster.make()
        var configuration = cluster.configuration()
        configuration.acquireTimeout = .milliseconds(300)
        let database = Database(configuration: configuration, logger: .silent)
        try await database.waitUntilReady()
        try await Migrator(Migrations.all).migrate(database)
        let (network, routers) = (FakeNetwork(), FakeRouters())
        let room = FloatingIPRoom(
            database: database,
            networks: network,
            ports: network,
            routers: routers,
            quota: 5,
            logger: .silent
        )
        let external = await network.makeNetwork(project: "ops", isExternal: true)
        try await network.makeSubnet(external, "203.0.113.0/24")
        await cluster.crash()
        let draft = FloatingIPDraft(id: .random(), networkID: external)
        let error = await #expect(throws: FloatingIPError.self) {
            try await room.floatingIPs.create(draft, as: .member)
        }
        #expect(error?.reason == .serviceUnavailable)
        try await cluster.start()
        try await eventually("the database is back") {
            (try? await room.floatingIPs.create(draft, as: .member)) != nil
        }
        #expect(try await room.floatingIPs.get(draft.id.description, as: .member).floatingIP.id == draft.id)
        await cluster.stop()
    }
}
