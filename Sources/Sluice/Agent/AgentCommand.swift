internal import ArgumentParser
internal import Glibc

/// `sluice agent`: questions about this node, answered without touching it.
struct AgentCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "agent",
            abstract: "Ask whether this node is as the control plane wants, and what an agent would do about it.",
            subcommands: [AgentVerifyCommand.self, AgentPlanCommand.self]
        )
    }
}

/// `sluice agent verify`.
struct AgentVerifyCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "verify",
            abstract: "Compare the kernel of this node with what the control plane wants; touch nothing.",
            discussion: """
                Prints each difference with what was expected and what was found. Exit status 0 when all is as wanted, \
                1 when not, 2 when it cannot be told. It asks the control plane, not the agent, which may be down. \
                Needs root.

                The settings are those after `--`, then those of the agent of `sluice up` on the data folder, where \
                one has run, then those of the environment (SLUICE_…): \
                `sluice agent verify -- --node-name compute-1`. `AgentService --help` lists them.
                """
        )
    }

    @OptionGroup var options: AgentOptions

    func run() async throws { try options.become("verify") }
}

/// `sluice agent plan`.
struct AgentPlanCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "plan",
            abstract: "Say what an agent would do to this node now; touch nothing.",
            discussion: """
                Prints each change in words. Exit status 0 when there is none, 1 when there are some, 2 when it cannot \
                be told. Settings as for `sluice agent verify`. Needs root.
                """
        )
    }

    @OptionGroup var options: AgentOptions

    func run() async throws { try options.become("plan") }
}

/// How to find the agent's settings.
struct AgentOptions: ParsableArguments {
    @Option(help: "The data folder that `sluice up` was given.")
    var data = "/var/lib/sluice"

    @Argument(parsing: .postTerminator, help: "Settings of the agent, which come before those of `sluice up`.")
    var settings: [String] = []

    /// Goes on as the agent's program with this command; the libraries of the kernel are linked to that alone.
    ///
    /// - Throws: The program is missing or cannot be run.
    func become(_ command: String) throws -> Never {
        let path = try ClusterPrograms.executable("AgentService")
        let remembered = RunFolder(path: data).agentArguments ?? []
        let arguments = [path, command] + Self.merged(remembered, settings)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        execv(path, pointers)
        throw SluiceError("cannot run \(path): \(errorText())")
    }

    /// The options of the first list that the second does not give anew, then those of the second.
    ///
    /// Both are lists of `--name value` or `--name=value`.
    static func merged(_ remembered: [String], _ given: [String]) -> [String] {
        let names = Set(given.filter { $0.hasPrefix("--") }.map { $0.prefix { $0 != "=" } })
        var kept: [String] = []
        for position in stride(from: 0, to: remembered.count - 1, by: 2)
        where !names.contains(remembered[position][...]) {
            kept += remembered[position...position + 1]
        }
        return kept + given
    }
}
