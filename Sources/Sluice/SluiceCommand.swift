public import ArgumentParser

/// The `sluice` command.
public struct SluiceCommand: AsyncParsableCommand {
    /// Names, abstract and subcommands.
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "sluice",
            abstract: "Routers and floating IPs for ordinary Linux hosts, with OpenStack Networking's REST API.",
            version: "0.1.0",
            subcommands: [UpCommand.self, DownCommand.self, StatusCommand.self, AgentCommand.self, DemoCommand.self]
        )
    }

    /// The command, as the argument parser makes it.
    public init() {}

    /// Runs the command of the process's arguments and ends the process with its exit status.
    public static func start() async {
        await main()
    }
}
