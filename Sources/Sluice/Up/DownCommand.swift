internal import ArgumentParser
internal import Glibc

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
        try NodeRouters(in: folder)?.delete { print("deleted \($0)") }
        if access(folder.database, F_OK) == 0 {
            FolderRemoval.remove(data)
            print("deleted \(data)")
        }
    }
}
