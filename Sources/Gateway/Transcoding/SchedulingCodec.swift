/// Which agent hosts which router, as messages.
struct SchedulingCodec: Sendable {
    private static let service = "l3.agent.v1.Agents"
    private let ofAgent: MessageForm
    private let ofRouter: MessageForm
    private let pair: MessageForm
    /// The fields that hold the routers of an agent and the agents of a router.
    let routers: MessageForm
    let agents: MessageForm
    /// How an agent that hosts a router is shown.
    let agentView: RenderingPlan

    /// - Throws: `TableError` when the contracts do not fit.
    init() throws(TableError) {
        ofAgent = try MessageForm("l3.agent.v1.ListAgentRoutersRequest", "agent_id")
        ofRouter = try MessageForm("l3.agent.v1.ListRouterAgentsRequest", "router_id")
        pair = try MessageForm("l3.agent.v1.AgentRouterRequest", "agent_id", "router_id")
        routers = try MessageForm("l3.agent.v1.ListAgentRoutersResponse", "routers")
        agents = try MessageForm("l3.agent.v1.ListRouterAgentsResponse", "agents")
        agentView = try RenderingPlan(
            Resource.hostingAgent,
            of: try MessageShape("l3.agent.v1.Agent"),
            forAdmins: true
        )
    }

    func routers(ofAgent id: String) -> ResourceCalls.Call {
        (method("ListAgentRouters"), ofAgent.bytes { form, writer in writer.string(form["agent_id"], id) })
    }

    func agents(ofRouter id: String) -> ResourceCalls.Call {
        (method("ListRouterAgents"), ofRouter.bytes { form, writer in writer.string(form["router_id"], id) })
    }

    /// Both are idempotent.
    func place(router: String, onAgent agent: String, isAdd: Bool) -> ResourceCalls.Call {
        let request = pair.bytes { form, writer in
            writer.string(form["agent_id"], agent)
            writer.string(form["router_id"], router)
        }
        return (method(isAdd ? "AddAgentRouter" : "RemoveAgentRouter"), request)
    }

    private func method(_ name: String) -> ServiceMethod {
        ServiceMethod(service: Self.service, name: name, isRepeatable: true)
    }
}
