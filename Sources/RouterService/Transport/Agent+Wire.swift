internal import Contracts
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

extension Agent {
    /// The agent as administrators get it.
    var wire: Wire.Agent {
        .with {
            $0.id = id.description
            $0.agentType = Self.type
            $0.binary = "sluice-agent"
            $0.topic = "l3_agent"
            $0.host = host
            $0.adminStateUp = isAdminUp
            $0.description_p = description
            $0.alive = isAlive
            $0.availabilityZone = availabilityZone
            $0.configurations = load.json
            $0.createdAt = createdAt.wire
            $0.startedAt = startedAt.wire
            $0.heartbeatTimestamp = heartbeatAt.wire
        }
    }
}

extension AgentLoad {
    /// What Neutron shows of an agent as `configurations`; nothing in it needs escaping.
    fileprivate var json: String {
        """
        {"agent_mode":"legacy","handle_internal_only_routers":true,"interface_driver":"bridge",\
        "extensions":["port_forwarding","conntrack_helper","ndp_proxy"],"log_agent_heartbeats":false,\
        "routers":\(routers),"ex_gw_ports":\(gateways),"interfaces":\(interfaces),"floating_ips":\(floatingIPs)}
        """
    }
}
