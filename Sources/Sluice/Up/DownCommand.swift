internal import ArgumentParser
internal import Glibc
internal import Netlink

/// `sluice down`: takes away what a stopped `sluice up` leaves.
struct DownCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "down",
            abstract: "Delete the data of a stopped `sluice up`, and the routers it left in the kernel.",
            discussion: """
                The routers are those of the node that `up` ran, known by their name (`qrouter-…`) and the agent's \
                mark in them; those of other nodes and of other software stay. There is no way back.
                """
        )
    }

    @Option(help: "The data folder that `sluice up` was given.")
    var data = "/var/lib/sluice"

    func run() async throws {
        let folder = RunFolder(path: data)
        if access(folder.run, F_OK) == 0 { try folder.lock() }
        if let node = folder.node {
            for name in try NetworkNamespace.names() where name.hasPrefix("qrouter-") && isMarked(name, node: node) {
                try NetworkNamespace.delete(named: name)
                print("deleted \(name)")
            }
        }
        if access(folder.database, F_OK) == 0 {
            FolderRemoval.remove(data)
            print("deleted \(data)")
        }
    }

    /// Whether the agent of the node made the namespace, by the alias of its loopback device.
    private func isMarked(_ namespace: String, node: String) -> Bool {
        let alias = try? NetworkNamespace.open(named: namespace).perform { () throws(NetlinkError) in
            var route = try RouteSocket()
            return try route.link(named: "lo")?.alias
        }
        // An agent whose node is a namespace adds which: `sluice node NAME in NAMESPACE`.
        return alias == "sluice node \(node)" || alias?.hasPrefix("sluice node \(node) in ") == true
    }
}
