import Contracts
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct SweeperTests {
    private func sweeper(_ api: API, _ holders: FakeHolders, age: Int64 = 0) -> ReferenceSweeper {
        var settings = ReferenceSweeper.Settings()
        settings.age = age
        return ReferenceSweeper(
            reservations: api.services.reservations,
            store: SweepStore(database: api.database),
            holders: [holders],
            settings: settings,
            logger: .silent
        )
    }

    private struct Held {
        var network: Wire.Network
        var gateway, claimed, plain: Wire.Port
        var router, floatingIP: Wire.Holder
    }

    /// A gateway, a claimed port, and a reference to a plain one.
    private func hold(_ api: API) async throws -> Held {
        let external = try await api.makeNetwork(.admin) { $0.routerExternal = true }
        _ = try await api.makeSubnet(external, "192.0.2.0/24", .admin)
        let network = try await api.makeNetwork()
        _ = try await api.makeSubnet(network, "10.0.0.0/24")
        let (router, floatingIP) = (Wire.Holder.router(), Wire.Holder.floatingIP())
        let plain = try await api.makePort(network)
        _ = try await api.refer(floatingIP, to: plain.id, plain.fixedIps[0].ipAddress)
        return Held(
            network: network,
            gateway: try await api.reserve(router, on: external, as: "network:router_gateway"),
            claimed: try await api.claim(api.makePort(network).id, router),
            plain: plain,
            router: router,
            floatingIP: floatingIP
        )
    }

    @Test func `what nobody holds any more goes, and a tenant's port goes back`() async throws {
        try await withService { api in
            let held = try await hold(api)
            await sweeper(api, FakeHolders(living: [])).sweep()
            #expect(try await refusal(.admin) { try await api.port(held.gateway.id) }?.reason == .portNotFound)
            let back = try await api.port(held.claimed.id)
            #expect(back.deviceID == "" && back.deviceOwner == "")
            #expect(try await api.port(held.plain.id) == held.plain)
            #expect(try await api.references() == 0)
        }
    }

    @Test func `what is held stays`() async throws {
        try await withService { api in
            let held = try await hold(api)
            await sweeper(api, FakeHolders(living: [held.router.id, held.floatingIP.id])).sweep()
            #expect(try await api.port(held.gateway.id) == held.gateway)
            #expect(try await api.port(held.claimed.id) == held.claimed)
            #expect(try await api.references() == 1)
        }
    }

    @Test func `nothing goes while its holder cannot be asked, or is too young to be asked about`() async throws {
        try await withService { api in
            let held = try await hold(api)
            await sweeper(api, FakeHolders(living: [], isAway: true)).sweep()
            await sweeper(api, FakeHolders(living: []), age: 3600).sweep()
            #expect(try await api.port(held.gateway.id) == held.gateway)
            #expect(try await api.references() == 1)
        }
    }

    @Test func `what was asked for again after it was picked stays`() async throws {
        try await withService { api in
            let held = try await hold(api)
            let store = SweepStore(database: api.database)
            let ports = try await store.pickPorts(olderThan: 0, limit: 10)
            let references = try await store.pickReferences(olderThan: 0, limit: 10)
            #expect(ports.count == 2 && references.count == 1)
            _ = try await api.claim(held.claimed.id, held.router)
            _ = try await api.refer(held.floatingIP, to: held.plain.id, held.plain.fixedIps[0].ipAddress)
            for keepsake in ports + references { try await api.services.reservations.drop(keepsake) }
            #expect(try await api.port(held.claimed.id) == held.claimed)
            #expect(try await api.references() == 1)
            #expect(try await refusal(.admin) { try await api.port(held.gateway.id) }?.reason == .portNotFound)
        }
    }
}
