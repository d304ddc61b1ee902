import Contracts
import SwiftProtobuf
import Synchronization
import Testing

@testable import Gateway

@Suite struct AgentsOverHTTPTests {
    private static let id = "0b5e2f3c-6f0a-4c5e-9d53-0a3f3d1d5b77"
    private static let member = ["X-Project-Id": "p1", "X-Roles": "member"]

    private static func withAgent(
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await GatewayUnderTest.run { gateway async throws in
            gateway.cloud.agents.withLock {
                $0 = [
                    .with {
                        $0.id = id
                        $0.host = "node-1"
                        $0.agentType = "L3 agent"
                        $0.configurations = #"{"agent_mode":"legacy"}"#
                    }
                ]
            }
            gateway.cloud.routers.put(.with { $0.id = id })
            try await body(gateway)
        }
    }

    @Test func `administrators see and change agents, others see none`() async throws {
        try await Self.withAgent { gateway async throws in
            let list = try await gateway.send("GET", "/v2.0/agents")
            #expect(try list.json["agents"]?[0]?["host"] == "node-1")
            #expect(try list.json["agents"]?[0]?["configurations"]?["agent_mode"] == "legacy")
            #expect(try await gateway.send("GET", "/v2.0/agents", headers: Self.member).text == #"{"agents":[]}"#)
            let item = try await gateway.send("GET", "/v2.0/agents/\(Self.id)", headers: Self.member)
            #expect(item.errorType == "AgentNotFound")
            let changed = try await gateway.send(
                "PUT",
                "/v2.0/agents/\(Self.id)",
                body: #"{"agent":{"admin_state_up":true,"description":null}}"#
            )
            #expect(changed.status == 200)
            #expect(try changed.json["agent"]?["admin_state_up"] == true)
            #expect(try changed.json["agent"]?["description"] == .null)
            #expect(try await gateway.send("DELETE", "/v2.0/agents/\(Self.id)").status == 204)
        }
    }

    @Test func `the routers of an agent and the agents of a router are listed`() async throws {
        try await Self.withAgent { gateway async throws in
            let routers = try await gateway.send("GET", "/v2.0/agents/\(Self.id)/l3-routers")
            #expect(try routers.json["routers"]?[0]?["id"]?.string == Self.id)
            let agents = try await gateway.send("GET", "/v2.0/routers/\(Self.id)/l3-agents.json")
            #expect(try agents.json["agents"]?[0]?["ha_state"] == "standby")
            #expect(try agents.json["agents"]?[0]?["resource_versions"] == [:])
        }
    }

    @Test func `a router is placed by hand and taken away`() async throws {
        try await Self.withAgent { gateway async throws in
            let path = "/v2.0/agents/\(Self.id)/l3-routers"
            let placed = try await gateway.send("POST", path, body: #"{"router_id":"\#(Self.id)"}"#)
            #expect(placed.status == 201)
            // The CLI once broke on an empty answer: openstacksdk reads a value out of it.
            #expect(placed.text == "null")
            #expect(try await gateway.send("DELETE", path + "/\(Self.id)").status == 204)
            let body = #"{"router_id":"\#(Self.id)"}"#
            #expect(try await gateway.send("DELETE", path + "/\(Self.id)", body: body).status == 204)
            #expect(try await gateway.send("POST", path, body: "{}").status == 400)
            let unknown = try await gateway.send("POST", path, body: #"{"router_id":"no-id"}"#)
            #expect(unknown.errorType == "RouterNotFound")
        }
    }

    @Test func `a condition on an agent's revision, which it does not have, brings nothing down`() async throws {
        try await Self.withAgent { gateway async throws in
            let condition = ["If-Match": "revision_number=7"]
            let body = #"{"agent":{"admin_state_up":true}}"#
            let path = "/v2.0/agents/\(Self.id)"
            #expect(try await gateway.send("PUT", path, headers: condition, body: body).status == 200)
        }
    }

    @Test func `scheduling is for administrators`() async throws {
        try await Self.withAgent { gateway async throws in
            for path in ["agents/\(Self.id)/l3-routers", "routers/\(Self.id)/l3-agents"] {
                let answer = try await gateway.send("GET", "/v2.0/\(path)", headers: Self.member)
                #expect(answer.status == 403)
                #expect(answer.errorType == "PolicyNotAuthorized")
            }
        }
    }

    @Test func `zones are listed for everyone`() async throws {
        try await GatewayUnderTest.run { gateway async throws in
            let answer = try await gateway.send("GET", "/v2.0/availability_zones?resource=router", headers: Self.member)
            let body = #"{"availability_zones":[{"name":"nova","resource":"router","state":"available"}]}"#
            #expect(answer.text == body)
        }
    }
}
