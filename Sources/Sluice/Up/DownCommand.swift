internal import ArgumentParser
internal import Glibc
internal import Netlink
internal import Subprocess
internal import SystemPackage

/// `sluice down`: takes away what a stopped `sluice up` leaves.
struct DownCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "down",
            abstract: "Delete the data of a stopped `sluice up`, and the routers it left in the kernel.",
            discussion: """
                Router namespaces are known by their name (`qrouter-…`) and the nftables table `sluice` in them; \
                those of other software stay. There is no way back.
                """
        )
    }

    @Option(help: "The data folder that `sluice up` was given.")
    var data = "/var/lib/sluice"

    func run() async throws {
        let folder = RunFolder(path: data)
        if access(folder.run, F_OK) == 0 { try folder.lock() }
        for name in try NetworkNamespace.names() where name.hasPrefix("qrouter-") {
            guard try await isOurs(name) else { continue }
            try NetworkNamespace.delete(named: name)
            print("deleted \(name)")
        }
        if access(folder.database, F_OK) == 0 {
            FolderRemoval.remove(data)
            print("deleted \(data)")
        }
    }

    private func isOurs(_ namespace: String) async throws -> Bool {
        let result = try await Subprocess.run(
            .name("ip"),
            arguments: ["netns", "exec", namespace, "nft", "list", "table", "ip", "sluice"],
            output: .discarded
        )
        return result.terminationStatus.isSuccess
    }
}
