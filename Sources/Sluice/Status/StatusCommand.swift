internal import ArgumentParser
internal import Glibc
internal import ServiceRuntime

/// `sluice status`: what runs on a data folder, and whether it is ready.
struct StatusCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "status",
            abstract: "Show the programs of a running `sluice up` and whether each is ready.",
            discussion: "Exit status 0 when all are ready, 1 otherwise."
        )
    }

    @Option(help: "The data folder that `sluice up` was given.")
    var data = "/var/lib/sluice"

    func run() async throws {
        let folder = RunFolder(path: data)
        guard let settings = Self.settings(of: folder) else {
            print("nothing runs on \(data)")
            throw ExitCode(1)
        }
        let programs = ClusterPrograms(settings: settings, folder: folder, account: try Account.ofData())
        var allReady = true
        print("program     pid       state")
        for (name, probe) in programs.probes {
            let state = await Self.state(of: probe)
            allReady = allReady && state == "ready"
            let pid = Leftovers(folder: folder).pid(of: name).map(String.init) ?? "-"
            print("\(padded(name, 11)) \(padded(pid, 9)) \(state)")
        }
        print("endpoint    \(settings.endpoint)")
        if !allReady { throw ExitCode(1) }
    }

    private static func settings(of folder: RunFolder) -> ClusterSettings? {
        guard let file = fopen(folder.clusterFile, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 512)
        guard fgets(&buffer, 512, file) != nil else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 3, let port = UInt16(words[1]) else { return nil }
        return ClusterSettings(
            data: folder.path,
            host: words[0],
            port: port,
            externalBridge: "",
            hasAgent: words[2] == "agent"
        )
    }

    private static func state(of probe: HealthProbe) async -> String {
        do {
            try await probe.check(within: .seconds(2))
            return "ready"
        } catch {
            return "down: \(error)"
        }
    }
}

/// The text with blanks after it up to the width.
func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
