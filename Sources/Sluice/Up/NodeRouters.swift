internal import Netlink

/// The routers' namespaces that one node's agent made, known by their name (`qrouter-…`) and the agent's note in them.
struct NodeRouters {
    /// The note on the loopback device of each, as the agent writes it.
    private let note: String

    /// A node that is a namespace is another node than one of the same name in another namespace.
    init(node: String, namespace: String?) {
        note = "sluice node \(node)" + (namespace.map { " in \($0)" } ?? "")
    }

    /// - Parameter folder: The data folder of a cluster that has run; nil when no agent has run on it.
    init?(in folder: RunFolder) {
        guard let arguments = folder.agentArguments else { return nil }
        func value(_ name: String) -> String? {
            arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
        }
        guard let node = value("--node-name") else { return nil }
        self.init(node: node, namespace: value("--node-namespace"))
    }

    /// Deletes them all; `report` hears each one's name when it is gone.
    func delete(_ report: (String) -> Void = { _ in }) throws {
        for name in try NetworkNamespace.names() where name.hasPrefix("qrouter-") && isNoted(name) {
            try NetworkNamespace.delete(named: name)
            report(name)
        }
    }

    private func isNoted(_ namespace: String) -> Bool {
        let alias = try? NetworkNamespace.open(named: namespace).perform { () throws(NetlinkError) in
            var route = try RouteSocket()
            return try route.link(named: "lo")?.alias
        }
        return alias == note
    }
}
