import ChangeFeed
import Contracts
import GRPCCore
internal import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Synchronization
import Testing
@testable import RouterService

/// What an agent that watches has been told, folded as an agent does.
private final class Listener: Sendable {
    struct State {
        var routers: [String: L3_Agent_V1_RouterState] = [:]
        var gone: [String: Int64] = [:]
        var upserts = 0
        var isSynced = false
        var position = ""
        var failure: RPCError.Code?
    }

    private let state = Mutex(State())
    var now: State { state.withLock { $0 } }

    func take(_ event: L3_Agent_V1_WatchRoutersResponse) {
        state.withLock { state in
            switch event.event {
            case .upserted(let router):
                state.upserts += 1
                // A receiver ignores a router whose revision is older than what it has.
                let known = max(state.routers[router.id]?.revisionNumber ?? 0, state.gone[router.id] ?? 0)
                guard router.revisionNumber >= known else { return }
                state.routers[router.id] = router
                state.gone[router.id] = nil
            case .deleted(let removal):
                guard removal.revisionNumber >= state.routers[removal.id]?.revisionNumber ?? 0 else { return }
                state.routers[removal.id] = nil
                state.gone[removal.id] = removal.revisionNumber
            case .synced(let position):
                state.isSynced = true
                state.position = position.position
            case .progress(let position): state.position = position.position
            case nil: break
            }
        }
    }

    func fail(_ error: any Error) { state.withLock { $0.failure = (error as? RPCError)?.code } }
}

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct WatchTests {
    /// Watches beside the body.
    private func watching(
        _ agent: String,
        from position: String = "",
        in house: House,
        _ body: (Listener) async throws -> Void
    ) async throws {
        let listener = Listener()
        try await withThrowingTaskGroup { group in
            group.addTask {
                do {
                    let request = L3_Agent_V1_WatchRoutersRequest.with {
                        $0.agentID = agent
                        $0.resumePosition = position
                    }
                    try await `as`(.program) {
                        try await house.nodes.watchRouters(request) { response in
                            for try await event in response.messages { listener.take(event) }
                        }
                    }
                } catch {
                    listener.fail(error)
                }
            }
            try await body(listener)
            group.cancelAll()
        }
    }

    @Test func `an agent gets all that a node needs of its routers`() async throws {
        try await House.open { house in
            let agent = try await house.register("node-1")
            let external = try await house.makeExternal()
            try await house.network.makeSubnet(external, "198.51.100.0/24", project: "ops")
            let made = try await house.makeRouter { $0.name = "edge" }
            try await house.setGateway(external, of: made.id, as: .admin, addresses: ["203.0.113.9"])
            let network = await house.network.makeNetwork(mtu: 1400)
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24")
            try await house.attach(subnet, to: made.id)
            let now = try await house.setRoutes([("192.168.0.0/24", "10.0.0.5")], of: made.id)
            try await watching(agent, in: house) { listener in
                try await eventually("the snapshot is complete") { listener.now.isSynced }
                let state = try #require(listener.now.routers[made.id])
                #expect(state.revisionNumber == now.revisionNumber && state.name == "edge" && state.adminStateUp)
                let gateway = try #require(state.gateways.first)
                #expect(gateway.enableSnat && gateway.onLinkCidrs == ["198.51.100.0/24"])
                #expect(gateway.port.networkType == "flat" && gateway.port.physicalNetwork == "public")
                let address = try #require(gateway.port.addresses.first)
                #expect(address.ipAddress == "203.0.113.9" && address.prefixLength == 24)
                #expect(address.gatewayIp == "203.0.113.1")
                let interface = try #require(state.interfaces.first)
                #expect(interface.mtuBytes == 1400 && interface.segmentationID == 42)
                #expect(interface.macAddress.hasPrefix("fa:16:3e"))
                #expect(interface.addresses.map(\.ipAddress) == ["10.0.0.1"])
                #expect(state.routes.map(\.nexthop) == ["10.0.0.5"])
            }
        }
    }

    @Test func `changes arrive as they commit, and a removed router leaves`() async throws {
        try await House.open { house in
            let agent = try await house.register("node-1")
            try await watching(agent, in: house) { listener in
                try await eventually("synced") { listener.now.isSynced }
                let made = try await house.makeRouter()
                try await eventually("it is there") { listener.now.routers[made.id] != nil }
                try await house.update(made.id, ["admin_state_up"]) { _ in }
                try await eventually("it is down") { listener.now.routers[made.id]?.adminStateUp == false }
                _ = try await `as`(.member) { try await house.routers.deleteRouter(.with { $0.id = made.id }) }
                try await eventually("it is gone") { listener.now.routers[made.id] == nil }
                #expect(listener.now.gone[made.id] == 3)
            }
        }
    }

    @Test func `a router that moves leaves the old agent and comes to the new one, newer than before`() async throws {
        try await House.open([.placement]) { house in
            let old = try await house.register("node-1")
            let made = try await house.makeRouter()
            let new = try await house.register("node-2")
            try await watching(old, in: house) { oldListener in
                try await eventually("the old one has it") { oldListener.now.routers[made.id] != nil }
                try await watching(new, in: house) { newListener in
                    try await eventually("the new one watches") { newListener.now.isSynced }
                    #expect(newListener.now.routers.isEmpty)
                    try await house.expire(old)
                    try await eventually("the new one has it") { newListener.now.routers[made.id] != nil }
                    try await eventually("the old one lost it") { oldListener.now.routers.isEmpty }
                    let revision = try #require(newListener.now.routers[made.id]).revisionNumber
                    #expect(revision > made.revisionNumber)
                    #expect(oldListener.now.gone[made.id] == revision)
                }
            }
        }
    }

    @Test func `who resumes hears only of what changed meanwhile`() async throws {
        try await House.open { house in
            let agent = try await house.register("node-1")
            let (same, changed, gone) = (
                try await house.makeRouter().id, try await house.makeRouter().id, try await house.makeRouter().id
            )
            var position = ""
            try await watching(agent, in: house) { listener in
                try await eventually("synced") { listener.now.routers.count == 3 && listener.now.isSynced }
                // The position of a progress lies after all that was sent; a change makes sure that one comes.
                let first = listener.now.position
                try await house.update(same, ["name"]) { $0.name = "seen" }
                try await eventually("progress") { listener.now.position != first }
                position = listener.now.position
            }
            try await house.update(changed, ["name"]) { $0.name = "new" }
            _ = try await `as`(.member) { try await house.routers.deleteRouter(.with { $0.id = gone }) }
            try await watching(agent, from: position, in: house) { listener in
                try await eventually("the changes arrive") {
                    listener.now.routers[changed]?.name == "new" && listener.now.gone[gone] != nil
                }
                try await eventually("synced") { listener.now.isSynced }
                #expect(listener.now.routers.count == 1 && listener.now.gone.count == 1)
                #expect(listener.now.routers[same] == nil)
            }
        }
    }

    @Test(arguments: ["nonsense", "99999999999:1"])
    func `a position that is none of ours is out of range`(position: String) async throws {
        try await House.open { house in
            let agent = try await house.register("node-1")
            try await watching(agent, from: position, in: house) { listener in
                try await eventually("refused") { listener.now.failure == .outOfRange }
            }
        }
    }

    @Test func `an unknown agent is not found, and nobody but programs watches`() async throws {
        try await House.open { house in
            await expectRefusal(.agentNotFound, as: .program) {
                try await house.nodes.watchRouters(.with { $0.agentID = AgentID.random().description }) { response in
                    for try await _ in response.messages {}
                }
            }
            let agent = try await house.register("node-1")
            await expectRefusal(.notAuthorized, as: .admin) {
                try await house.nodes.watchRouters(.with { $0.agentID = agent }) { response in
                    for try await _ in response.messages {}
                }
            }
        }
    }

    @Test func `writers side by side leave the watcher with what is in the end`() async throws {
        try await House.open { house in
            let agent = try await house.register("node-1")
            var ids: [String] = []
            for _ in 0..<5 { ids.append(try await house.makeRouter().id) }
            let routers = ids
            try await watching(agent, in: house) { listener in
                try await withThrowingTaskGroup { group in
                    for writer in 0..<4 {
                        group.addTask {
                            for turn in 0..<10 {
                                let id = routers[(writer + turn) % routers.count]
                                try await house.update(id, ["name"]) { $0.name = "\(writer)-\(turn)" }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                for id in routers {
                    let last = try await house.router(id)
                    #expect(last.revisionNumber == 9)
                    try await eventually("the last revision arrives") {
                        listener.now.routers[id]?.revisionNumber == last.revisionNumber
                    }
                    #expect(listener.now.routers[id]?.name == last.name)
                }
            }
        }
    }

    @Test func `many routers come in one snapshot`() async throws {
        try await House.open { house in
            let agent = try await house.register("node-1")
            try await house.database.database.execute(
                """
                INSERT INTO routers (id, project_id, name, description, tags, admin_state_up, status,
                    availability_zone_hints, enable_ndp_proxy, enable_default_route_bfd, enable_default_route_ecmp,
                    agent_id)
                SELECT gen_random_uuid(), 'acme', 'r' || n, '', '{}', true, 'ACTIVE', '{}', false, false, false,
                    \(agent)::uuid
                FROM generate_series(1, 1500) n
                """
            )
            try await watching(agent, in: house) { listener in
                try await eventually("synced") { listener.now.isSynced }
                #expect(listener.now.routers.count == 1500 && listener.now.upserts == 1500)
            }
        }
    }
}
