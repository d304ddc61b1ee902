internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.agent.v1.Agents`.
struct AgentsEndpoint: L3_Agent_V1_Agents.SimpleServiceProtocol {
    let registry: AgentRegistry

    func getAgent(request: L3_Agent_V1_GetAgentRequest, context: ServerContext) async throws -> Wire.Agent {
        try await registry.get(request.id, as: CurrentRequest.context).wire
    }

    func listAgents(
        request: L3_Agent_V1_ListAgentsRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ListAgentsResponse {
        let page = try await registry.list(ListQuery(wire: request.query), as: CurrentRequest.context)
        return .with {
            $0.agents = page.items.map { $0.wire }
            $0.nextPageToken = page.isFull ? $0.agents.last?.id ?? "" : ""
        }
    }

    func updateAgent(request: L3_Agent_V1_UpdateAgentRequest, context: ServerContext) async throws -> Wire.Agent {
        var isAdminUp: Bool?
        var description: String?
        for path in request.updateMask.paths {
            switch path {
            case "admin_state_up": isAdminUp = request.agent.adminStateUp
            case "description": description = request.agent.description_p
            default: throw RouterError.invalidInput("\(path) cannot be changed")
            }
        }
        return try await registry.update(
            request.agent.id,
            isAdminUp: isAdminUp,
            description: description,
            as: CurrentRequest.context
        ).wire
    }

    func deleteAgent(
        request: L3_Agent_V1_DeleteAgentRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_DeleteAgentResponse {
        try await registry.delete(request.id, as: CurrentRequest.context)
        return .init()
    }

    func listAgentRouters(
        request: L3_Agent_V1_ListAgentRoutersRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ListAgentRoutersResponse {
        let routers = try await registry.routers(of: request.agentID, as: CurrentRequest.context)
        return .with { $0.routers = routers.map(\.wire) }
    }

    func listRouterAgents(
        request: L3_Agent_V1_ListRouterAgentsRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ListRouterAgentsResponse {
        let agents = try await registry.agents(of: request.routerID, as: CurrentRequest.context)
        return .with { $0.agents = agents.map { $0.wire } }
    }

    func addAgentRouter(
        request: L3_Agent_V1_AgentRouterRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_AgentRouterResponse {
        try await registry.add(request.routerID, to: request.agentID, as: CurrentRequest.context)
        return .init()
    }

    func removeAgentRouter(
        request: L3_Agent_V1_AgentRouterRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_AgentRouterResponse {
        try await registry.remove(request.routerID, from: request.agentID, as: CurrentRequest.context)
        return .init()
    }

    func listAvailabilityZones(
        request: L3_Agent_V1_ListAvailabilityZonesRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ListAvailabilityZonesResponse {
        let zones = try await registry.zones(ListQuery(wire: request.query))
        return .with {
            $0.availabilityZones = zones.map { zone in
                .with {
                    $0.name = zone.name
                    $0.resource = zone.resource.rawValue
                    $0.state = zone.state
                }
            }
        }
    }
}
