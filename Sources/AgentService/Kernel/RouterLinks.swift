internal import Netlink

/// The interfaces in a router's namespace, and whose they are.
///
/// The names of namespaces are one for the machine, while several nodes may live on it, each in a namespace of its own.
/// A router is of the node to which its devices lead; the mark on the loopback device tells it of one without devices.
struct RouterLinks: Sendable {
    var all: [Link]
    /// The id by which the router's namespace knows the node's.
    var nodeID: NamespaceID?

    /// The router's devices.
    var devices: [Link] { all.filter { KernelNames.isRouterDevice($0.name) } }

    /// The mark of a node; nil where there is none.
    var mark: String? {
        all.first { $0.index == .loopback }?.alias.flatMap { KernelNames.isNote($0) ? $0 : nil }
    }

    /// Whether the loopback device is up.
    var isLoopbackUp: Bool { all.first { $0.index == .loopback }?.isUp ?? false }

    /// Whether there are devices and none of them leads to this node.
    var leadElsewhere: Bool {
        !devices.isEmpty && !devices.contains { nodeID != nil && $0.peerNamespace == nodeID }
    }

    /// Whose all this is, as the node with this mark sees it.
    func ownership(by node: String) -> Ownership {
        guard devices.isEmpty else { return leadElsewhere ? .foreign : .own }
        guard let mark else { return .unclear }
        return mark == node ? .own : .foreign
    }

    /// Whose a router's namespace is.
    enum Ownership: Hashable, Sendable {
        case own
        /// Another node's, or another program's.
        case foreign
        /// Empty and without a mark: just made by someone, or left by a crash in that moment.
        case unclear
    }
}
