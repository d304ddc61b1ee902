internal import Netlink
internal import Nftables

/// Why the kernel of this node cannot be brought to what is wanted.
enum AgentError: Error, Hashable, Sendable {
    case kernel(NetlinkError)
    case table(NftablesError)
    /// The devices in the namespace of this name lead to another node, as after a move between nodes of one machine.
    case namespaceOfOtherNode(String)
    case bridgeMissing(String)
    /// A device of this name is there, and is none of ours.
    case foreignDevice(String)
    case notPrivileged
    case nodeNamespaceMissing(String)
    case nftablesMissing(String)
}

extension AgentError: CustomStringConvertible {
    /// The error in one line, with what to do about it where that is known.
    var description: String {
        switch self {
        case .kernel(let error): "\(error)"
        case .table(let error): "nftables: \(error)"
        case .namespaceOfOtherNode(let name):
            "namespace \(name) belongs to another node on this machine, which has to remove it first"
        case .bridgeMissing(let name): "\(PlanProblem.bridgeMissing(name))"
        case .foreignDevice(let name): "device \(name) on the node is not ours, remove it or give it another name"
        case .notPrivileged:
            "the agent may not change the network: run it as root, or with CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN"
        case .nodeNamespaceMissing(let name):
            "there is no network namespace '\(name)' (--node-namespace): make it with 'ip netns add', or name another"
        case .nftablesMissing(let problem):
            "the kernel does not offer nftables with NAT (\(problem)): load the modules nf_tables and nft_chain_nat"
        }
    }
}

/// Does something with nftables and gives its error as the room's.
func withTable<Result: ~Copyable>(_ body: () throws(NftablesError) -> Result) throws(AgentError) -> Result {
    do throws(NftablesError) {
        return try body()
    } catch {
        throw .table(error)
    }
}

/// Does something with netlink and gives its error as the room's.
func withKernel<Result: ~Copyable>(_ body: () throws(NetlinkError) -> Result) throws(AgentError) -> Result {
    do throws(NetlinkError) {
        return try body()
    } catch {
        throw .kernel(error)
    }
}
