internal import Netlink
internal import ResourceModel
internal import ServiceRuntime
internal import Synchronization

/// How the node presents itself to the control plane.
struct NodeIdentity: Hashable, Sendable {
    /// Unique among nodes.
    var name: String
    /// The availability zone; empty for none.
    var zone: String
    /// The agent's version.
    var version: String
    /// Differs after each boot of the node.
    var bootID: String
}

extension NodeIdentity {
    /// The node that the settings and the kernel describe.
    init(_ configuration: AgentServiceConfiguration) {
        name = configuration.nodeName
        zone = configuration.nodeZone
        version = ProgramMain.version
        bootID = (try? Sysctl(path: "kernel/random/boot_id").read()) ?? ""
    }
}

/// What the parts of the agent that talk to the control plane share.
final class NodeRecord: Sendable {
    private let state = Mutex(State())

    private struct State {
        var agentID: String?
        var load = NodeLoad()
    }

    /// The id under which the control plane knows this agent; nil before the first registration.
    var agentID: String? { state.withLock(\.agentID) }

    /// The id under which the control plane knows this agent.
    ///
    /// - Throws: `serviceUnavailable` before the first registration.
    func requireAgentID() throws(RemoteError) -> String {
        guard let agentID else {
            throw RemoteError(reason: .serviceUnavailable, message: "the node is not registered yet")
        }
        return agentID
    }

    /// What the node carries at present.
    var load: NodeLoad { state.withLock(\.load) }

    /// The agent registered.
    func register(as id: String) { state.withLock { $0.agentID = id } }

    /// The node's load changed.
    func set(_ load: NodeLoad) { state.withLock { $0.load = load } }
}
