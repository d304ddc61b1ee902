internal import Netlink

/// The routers' namespaces that one node's agent made, known by their name (`qrouter-…`) and the agent's note in them.
struct NodeRouters {
    /// The note on the loopback device of each, as the agent writes it.
    let note: String

    /// - Parameter settings: Those of the cluster whose agent it is. A node that is a namespace is another node than
    ///   one of the same name in another namespace.
    init(of settings: ClusterSettings) {
        let place = settings.nodeNamespace.map { " in \($0)" } ?? ""
        note = "sluice node \(settings.node)\(place)"
    }

    /// - Parameter folder: The data folder of a cluster that has run; nil when no agent has run on it.
    init?(in folder: RunFolder) {
        guard let note = folder.routerNote else { return nil }
        self.note = note
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
