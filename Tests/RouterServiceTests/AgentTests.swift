import Contracts
internal import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing
@testable import RouterService

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct AgentTests {
    private func setUp(_ agent: String, _ isUp: Bool, in house: House) async throws {
        _ = try await `as`(.admin) {
            try await house.agents.updateAgent(
                .with {
                    $0.agent.id = agent
                    $0.agent.adminStateUp = isUp
                    $0.updateMask.paths = ["admin_state_up"]
                }
            )
        }
    }

    private func move(_ router: String, _ agent: String, add: Bool, in house: House) async throws {
        let request = L3_Agent_V1_AgentRouterRequest.with {
            $0.agentID = agent
            $0.routerID = router
        }
        _ = try await `as`(.admin) {
            add ? try await house.agents.addAgentRouter(request) : try await house.agents.removeAgentRouter(request)
        }
    }

    private func routers(on agent: String, in house: House) async throws -> [String] {
        try await `as`(.admin) { try await house.agents.listAgentRouters(.with { $0.agentID = agent }) }.routers.map(
            \.id
        )
    }

    @Test func `a host's agent is one agent, however often it registers`() async throws {
        try await House.open { house in
            let id = try await house.register("node-1", zone: "east")
            #expect(try await house.register("node-1", zone: "west") == id)
            let agent = try await `as`(.admin) { try await house.agents.getAgent(.with { $0.id = id }) }
            #expect(agent.host == "node-1" && agent.alive && agent.adminStateUp)
            #expect(agent.availabilityZone == "west" && agent.agentType == "L3 agent")
            #expect(try await house.count("agents") == 1)
        }
    }

    @Test func `a registration tells the lease and how often to send a heartbeat`() async throws {
        try await House.open(lease: .seconds(15)) { house in
            let answer = try await `as`(.program) { try await house.nodes.registerAgent(.with { $0.host = "node-1" }) }
            #expect(answer.leaseSeconds == 15 && answer.heartbeatSeconds == 5)
        }
    }

    @Test func `only programs are nodes, and an unknown agent is told to register`() async throws {
        try await House.open { house in
            await expectRefusal(.notAuthorized, as: .admin) {
                try await house.nodes.registerAgent(.with { $0.host = "node-1" })
            }
            await expectRefusal(.invalidInput, as: .program) { try await house.nodes.registerAgent(.init()) }
            for id in ["nonsense", AgentID.random().description] {
                await expectRefusal(.agentNotFound, as: .program) {
                    try await house.nodes.heartbeat(.with { $0.agentID = id })
                }
            }
        }
    }

    @Test func `a heartbeat renews the lease and says whether the agent is enabled`() async throws {
        try await House.open { house in
            let id = try await house.register("node-1")
            try await house.expire(id)
            let alive = {
                try await `as`(.admin) { try await house.agents.getAgent(.with { $0.id = id }) }
            }
            #expect(try await !alive().alive)
            let answer = try await `as`(.program) {
                try await house.nodes.heartbeat(
                    .with {
                        $0.agentID = id
                        $0.routers = 3
                    }
                )
            }
            #expect(answer.adminStateUp)
            #expect(try await alive().alive)
            #expect(try await alive().configurations.contains("\"routers\":3"))
            try await setUp(id, false, in: house)
            let disabled = try await `as`(.program) { try await house.nodes.heartbeat(.with { $0.agentID = id }) }
            #expect(!disabled.adminStateUp)
        }
    }

    @Test func `routers spread over live, enabled agents`() async throws {
        try await House.open { house in
            let (one, two, off, dead) = (
                try await house.register("node-1"), try await house.register("node-2"),
                try await house.register("node-3"), try await house.register("node-4")
            )
            try await setUp(off, false, in: house)
            try await house.expire(dead)
            for _ in 0..<6 { try await house.makeRouter() }
            #expect(try await routers(on: one, in: house).count == 3)
            #expect(try await routers(on: two, in: house).count == 3)
        }
    }

    @Test func `routers that wait for a place get one when an agent registers`() async throws {
        try await House.open { house in
            let id = try await house.makeRouter().id
            let hinted = try await house.register("node-0", zone: "east")
            try await house.expire(hinted)
            #expect(try await house.agent(of: id) == hinted)
            let eastern = try await house.makeRouter { $0.availabilityZoneHints = ["east"] }.id
            let west = try await house.register("node-1", zone: "west")
            #expect(try await house.agent(of: id) == west)
            #expect(try await house.agent(of: eastern) == nil)
            try await house.register("node-0", zone: "east")
            #expect(try await house.agent(of: eastern) == hinted)
        }
    }

    @Test func `all routers of a node whose lease ran out move in one transaction`() async throws {
        try await House.open([.placement]) { house in
            let dying = try await house.register("node-1")
            for _ in 0..<30 { try await house.makeRouter() }
            #expect(try await routers(on: dying, in: house).count == 30)
            let heirs = [try await house.register("node-2"), try await house.register("node-3")]
            #expect(try await routers(on: dying, in: house).count == 30, "a new node takes nothing from a live one")
            try await house.expire(dying)
            try await eventually("all have moved") { try await routers(on: dying, in: house).isEmpty }
            for heir in heirs { #expect(try await routers(on: heir, in: house).count == 15) }
            let transactions = try await house.database.database.query(
                "SELECT count(DISTINCT xid) FROM change_feed WHERE deleted"
            )
            #expect(try transactions[0].column(0, as: Int.self) == 1)
        }
    }

    @Test func `replicas that see the same dead node move its routers once`() async throws {
        try await House.open { house in
            let dying = try await house.register("node-1")
            for _ in 0..<10 { try await house.makeRouter() }
            let heir = try await house.register("node-2")
            try await house.expire(dying)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { _ = try await house.room.agents.desk.placeAll() } }
                try await group.waitForAll()
            }
            #expect(try await routers(on: heir, in: house).count == 10)
            let moves = try await house.database.database.query("SELECT count(*) FROM change_feed WHERE deleted")
            #expect(try moves[0].column(0, as: Int.self) == 10)
        }
    }

    @Test func `without another node the routers stay with the dead one`() async throws {
        try await House.open { house in
            let only = try await house.register("node-1")
            let id = try await house.makeRouter().id
            try await house.expire(only)
            #expect(try await house.room.agents.desk.placeAll() == 0)
            #expect(try await house.agent(of: id) == only)
        }
    }

    @Test func `a disabled node keeps its routers and is drained by taking them off`() async throws {
        try await House.open([.placement]) { house in
            let old = try await house.register("node-1")
            let id = try await house.makeRouter().id
            let new = try await house.register("node-2")
            try await setUp(old, false, in: house)
            #expect(try await house.agent(of: id) == old)
            await expectRefusal(.invalidL3Agent) { try await move(id, old, add: true, in: house) }
            try await move(id, old, add: false, in: house)
            #expect(try await house.agent(of: id) == new)
        }
    }

    @Test func `a router that is taken off an enabled agent waits for a place by hand or its next change`() async throws
    {
        try await House.open { house in
            let (one, two) = (try await house.register("node-1"), try await house.register("node-2"))
            let id = try await house.makeRouter().id
            let first = try #require(try await house.agent(of: id))
            let other = first == one ? two : one
            await expectRefusal(.routerHostedByL3Agent) { try await move(id, other, add: true, in: house) }
            try await move(id, other, add: false, in: house)
            #expect(try await house.agent(of: id) == first, "it was not there")
            try await move(id, first, add: false, in: house)
            #expect(try await house.room.agents.desk.placeAll() == 0)
            #expect(try await house.agent(of: id) == nil)
            for _ in 0..<2 { try await move(id, other, add: true, in: house) }
            #expect(try await house.agent(of: id) == other)
            try await move(id, other, add: false, in: house)
            try await house.update(id, ["name"]) { $0.name = "changed" }
            #expect(try await house.agent(of: id) != nil)
        }
    }

    @Test func `a removed agent's routers go to others, or to nobody`() async throws {
        try await House.open { house in
            let (one, two) = (try await house.register("node-1"), try await house.register("node-2"))
            for _ in 0..<4 { try await house.makeRouter() }
            let remove = { (id: String) in
                _ = try await `as`(.admin) { try await house.agents.deleteAgent(.with { $0.id = id }) }
            }
            try await remove(one)
            #expect(try await routers(on: two, in: house).count == 4)
            try await remove(two)
            #expect(try await house.count("routers WHERE agent_id IS NULL") == 4)
            await expectRefusal(.agentNotFound) { try await remove(two) }
            let back = try await house.register("node-2")
            #expect(try await routers(on: back, in: house).count == 4)
        }
    }

    @Test func `agents and routers that do not exist are not found, and others see no agents`() async throws {
        try await House.open { house in
            let agent = try await house.register("node-1")
            let id = try await house.makeRouter().id
            let nobody = RouterID.random().description
            await expectRefusal(.agentNotFound) { try await move(id, nobody, add: true, in: house) }
            await expectRefusal(.routerNotFound) { try await move(nobody, agent, add: true, in: house) }
            await expectRefusal(.agentNotFound) { try await move(id, nobody, add: false, in: house) }
            await expectRefusal(.routerNotFound) { try await move(nobody, agent, add: false, in: house) }
            await expectRefusal(.routerNotFound, as: .admin) {
                try await house.agents.listRouterAgents(.with { $0.routerID = nobody })
            }
            await expectRefusal(.agentNotFound) { try await house.agents.getAgent(.with { $0.id = agent }) }
            let seen = try await `as`(.member) { try await house.agents.listAgents(.init()) }
            #expect(seen.agents.isEmpty)
            let query = ListQuery(filters: [.init("alive", ["true"]), .init("host", ["node-1"])])
            let all = try await `as`(.admin) { try await house.agents.listAgents(.with { $0.query = query.wire }) }
            #expect(all.agents.map(\.id) == [agent])
        }
    }

    @Test func `zones are those of agents, available while one of them takes routers`() async throws {
        try await House.open { house in
            try await house.register("node-1", zone: "east")
            let west = try await house.register("node-2", zone: "west")
            try await house.expire(west)
            let zones = { (filters: [ListQuery.Filter]) in
                try await `as`(.reader) {
                    try await house.agents.listAvailabilityZones(.with { $0.query = ListQuery(filters: filters).wire })
                }.availabilityZones
            }
            for resource in ["router", "network"] {
                let all = try await zones([.init("resource", [resource])])
                #expect(all.map(\.name) == ["east", "west"] && all.map(\.state) == ["available", "unavailable"])
                #expect(all.allSatisfy { $0.resource == resource })
            }
            #expect(try await zones([]).count == 4)
            let named = try await zones([.init("name", ["west"])])
            #expect(named.map(\.name) == ["west", "west"] && named.map(\.resource) == ["router", "network"])
            await expectRefusal(.invalidInput) { try await zones([.init("colour", ["red"])]) }
        }
    }

    private func report(
        _ router: L3_Router_V1_Router,
        _ state: L3_Agent_V1_ObjectStatus.State,
        by agent: String,
        revision: Int64? = nil,
        reason: String = "",
        in house: House
    ) async throws {
        _ = try await `as`(.program) {
            try await house.nodes.reportRouterStatus(
                .with {
                    $0.agentID = agent
                    $0.routers = [
                        .with {
                            $0.id = router.id
                            $0.appliedRevisionNumber = revision ?? router.revisionNumber
                            $0.state = state
                            $0.reason = reason
                        }
                    ]
                }
            )
        }
    }

    @Test func `a failure shows as ERROR with its reason until a later report, without a new revision`() async throws {
        try await House.open { house in
            let (agent, other) = (try await house.register("node-1"), AgentID.random().description)
            let made = try await house.makeRouter()
            try await report(made, .failed, by: agent, reason: "no bridge", in: house)
            let failed = try await house.router(made.id)
            #expect(failed.status == "ERROR" && failed.statusReason == "no bridge")
            #expect(failed.revisionNumber == made.revisionNumber)
            try await report(made, .active, by: agent, revision: 0, in: house)
            #expect(try await house.router(made.id).status == "ERROR", "the report is older")
            await expectRefusal(.agentNotFound) { try await report(made, .active, by: other, in: house) }
            let stranger = try await house.register("node-2")
            try await report(made, .active, by: stranger, in: house)
            #expect(try await house.router(made.id).status == "ERROR", "it does not host the router")
            try await report(made, .active, by: agent, in: house)
            let healed = try await house.router(made.id)
            #expect(healed.status == "ACTIVE" && healed.statusReason.isEmpty)
        }
    }

    @Test func `the router's ports become ACTIVE on the node's host, and DOWN when it is taken out`() async throws {
        try await House.open([.portStates]) { house in
            let agent = try await house.register("node-1")
            let external = try await house.makeExternal()
            let made = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }
            try await house.attach(house.makeSubnet("10.0.0.0/24"), to: made.id)
            let now = try await house.router(made.id)
            await house.network.setAway(true)
            try await report(now, .active, by: agent, in: house)
            await house.network.setAway(false)
            try await eventually("NetworkService knows") {
                await house.network.heldPorts.allSatisfy { $0.host == "node-1" && $0.status == "ACTIVE" }
            }
            try await report(now, .removed, by: agent, in: house)
            try await eventually("NetworkService knows") {
                await house.network.heldPorts.allSatisfy { $0.status == "DOWN" }
            }
        }
    }
}
