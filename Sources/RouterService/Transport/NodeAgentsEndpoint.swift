internal import ChangeFeed
internal import Contracts
internal import GRPCCore
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime
internal import SwiftProtobuf

/// `l3.agent.v1.NodeAgents`.
struct NodeAgentsEndpoint: L3_Agent_V1_NodeAgents.SimpleServiceProtocol {
    let registry: AgentRegistry
    let watch: RouterWatch
    /// How often agents are asked to send a heartbeat.
    let heartbeat: Duration

    func registerAgent(
        request: L3_Agent_V1_RegisterAgentRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_RegisterAgentResponse {
        let registration = try AgentRegistration(
            host: request.host,
            availabilityZone: request.availabilityZone,
            version: request.version,
            bootID: request.bootID
        )
        let id = try await registry.register(registration, as: CurrentRequest.context)
        return .with {
            $0.agentID = id.description
            $0.leaseSeconds = Int32(clamping: registry.lease.components.seconds)
            $0.heartbeatSeconds = Int32(clamping: heartbeat.components.seconds)
        }
    }

    func heartbeat(
        request: L3_Agent_V1_HeartbeatRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_HeartbeatResponse {
        let load = AgentLoad(
            routers: Int(request.routers),
            gateways: Int(request.externalGateways),
            interfaces: Int(request.interfaces),
            floatingIPs: Int(request.floatingIps)
        )
        let isEnabled = try await registry.heartbeat(
            Self.agent(request.agentID),
            load: load,
            as: CurrentRequest.context
        )
        return .with { $0.adminStateUp = isEnabled }
    }

    func watchRouters(
        request: L3_Agent_V1_WatchRoutersRequest,
        response: RPCWriter<Wire.RouterEvent>,
        context: ServerContext
    ) async throws {
        try AgentRegistry.requireProgram(CurrentRequest.context)
        let agent = try Self.agent(request.agentID)
        // A program that stops does not wait for its watchers: they come back to another replica.
        try await cancelWhenGracefulShutdown {
            try await watch.run(agent, from: request.resumePosition) { try await response.write($0) }
        }
    }

    func reportRouterStatus(
        request: L3_Agent_V1_ReportRouterStatusRequest,
        context: ServerContext
    ) async throws -> L3_Agent_V1_ReportRouterStatusResponse {
        try await registry.report(
            request.routers.compactMap(NodeReport.init(wire:)),
            from: Self.agent(request.agentID),
            as: CurrentRequest.context
        )
        return .init()
    }

    private static func agent(_ text: String) throws(RouterError) -> AgentID {
        guard let id = AgentID(text) else { throw .agentNotFound(text) }
        return id
    }
}
