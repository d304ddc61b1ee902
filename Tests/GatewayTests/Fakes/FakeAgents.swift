import Contracts
import GRPCCore
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Synchronization

/// Agents, each of which hosts every router.
struct FakeAgents: L3_Agent_V1_Agents.SimpleServiceProtocol {
    let cloud: FakeCloud

    func getAgent(request: L3_Agent_V1_GetAgentRequest, context: ServerContext) async throws -> L3_Agent_V1_Agent {
        try cloud.begin()
        return try agent(request.id)
    }

    private func agent(_ id: String) throws -> L3_Agent_V1_Agent {
        guard CurrentRequest.context.isAdmin, let agent = cloud.agents.withLock({ $0.first { $0.id == id } }) else {
            throw Refusal(.agentNotFound, "agent \(id) could not be found")
        }
        return agent
    }

    func listAgents(request: L3_Agent_V1_ListAgentsRequest, context: ServerContext) async throws
        -> L3_Agent_V1_ListAgentsResponse
    {
        try cloud.begin()
        guard CurrentRequest.context.isAdmin else { return .init() }
        return .with { $0.agents = cloud.agents.withLock { $0 } }
    }

    func updateAgent(request: L3_Agent_V1_UpdateAgentRequest, context: ServerContext) async throws -> L3_Agent_V1_Agent
    {
        try cloud.begin()
        var agent = try agent(request.agent.id)
        try agent.take(request.updateMask, from: request.agent)
        cloud.agents.withLock { $0 = $0.map { $0.id == agent.id ? agent : $0 } }
        return agent
    }

    func deleteAgent(request: L3_Agent_V1_DeleteAgentRequest, context: ServerContext) async throws
        -> L3_Agent_V1_DeleteAgentResponse
    {
        try cloud.begin()
        _ = try agent(request.id)
        cloud.agents.withLock { $0.removeAll { $0.id == request.id } }
        return .init()
    }

    func listAgentRouters(
        request: L3_Agent_V1_ListAgentRoutersRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ListAgentRoutersResponse {
        _ = try agent(request.agentID)
        return .with { $0.routers = cloud.routers.all }
    }

    func listRouterAgents(
        request: L3_Agent_V1_ListRouterAgentsRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ListRouterAgentsResponse {
        .with { answer in
            answer.agents = cloud.agents.withLock { $0 }
            for index in answer.agents.indices { answer.agents[index].haState = "standby" }
        }
    }

    func addAgentRouter(
        request: L3_Agent_V1_AgentRouterRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_AgentRouterResponse {
        _ = try agent(request.agentID)
        return .init()
    }

    func removeAgentRouter(
        request: L3_Agent_V1_AgentRouterRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_AgentRouterResponse {
        _ = try agent(request.agentID)
        return .init()
    }

    func listAvailabilityZones(
        request: L3_Agent_V1_ListAvailabilityZonesRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ListAvailabilityZonesResponse {
        let wanted = request.query.filters.first { $0.field == "name" }?.values ?? ["nova"]
        return .with {
            $0.availabilityZones = ["nova"].filter(wanted.contains).map { name in
                .with {
                    $0.name = name
                    $0.resource = "router"
                    $0.state = "available"
                }
            }
        }
    }
}
