internal import ArgumentParser
internal import Glibc

/// `sluice up`: everything on one host, in the foreground.
struct UpCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "up",
            abstract: "Start PostgreSQL, the services, the gateway and one agent, and keep them running.",
            discussion: """
                Each is a process of its own, restarted when it dies; their logs go to standard error. One line that \
                begins with `ready` goes to standard output when the API answers. SIGINT or SIGTERM stops everything \
                in order; the routers stay in the kernel, and the next start on the same data finds them. Needs root.
                """
        )
    }

    @OptionGroup var options: ClusterOptions

    func run() async throws {
        let cluster = try LocalCluster(options.settings(), output: LinePrinter())
        let interruption = await Interruption()
        do {
            try await interruption.race { try await cluster.start() }
            if !interruption.happened {
                print("ready \(cluster.summary)")
                fflush(nil)
                await interruption.wait()
            }
        } catch {
            await cluster.stop()
            throw error
        }
        await cluster.stop()
    }
}

/// The options that `up` and `demo` share.
struct ClusterOptions: ParsableArguments {
    @Option(help: "Folder that holds the database and the run-time files.")
    var data = "/var/lib/sluice"

    @Option(help: "Port of the REST API.")
    var port: UInt16 = 9696

    @Option(help: "Address the REST API listens on; anything but loopback lets everyone who reaches it administer.")
    var listen = "127.0.0.1"

    @Option(help: "Bridge on the node that leads to the external network.")
    var externalBridge = "br-ex"

    @Option(help: "Network namespace that is the node, by name or path; by default the host itself.")
    var nodeNamespace: String?

    @Option(help: "The node's name; by default the host's.")
    var nodeName: String?

    @Flag(help: "Start no agent: the control plane alone.")
    var withoutAgent = false

    @Option(help: "How much the programs log: trace, debug, info, notice, warning or error.")
    var logLevel = "info"

    func settings() -> ClusterSettings {
        ClusterSettings(
            data: data,
            host: listen,
            port: port,
            externalBridge: externalBridge,
            nodeNamespace: nodeNamespace,
            nodeName: nodeName,
            hasAgent: !withoutAgent,
            logLevel: logLevel
        )
    }
}
