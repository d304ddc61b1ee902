internal import ArgumentParser
internal import Glibc

/// `sluice demo`: the showcase, on a node in a namespace of its own.
struct DemoCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "demo",
            abstract: "Show it all on one machine: REST in, packets out. The host's network stays untouched.",
            discussion: """
                Makes a namespace that is the node, an external network with a host on it, two tenant subnets with a \
                namespace as virtual machine on each, and one router; all over the REST API. Then proves by TCP \
                connections what a router and a floating IP promise. Exit status 1 when a proof fails. Everything \
                is removed at the end. Needs root.
                """
        )
    }

    @Option(help: "Port of the REST API; 0 takes a free one.")
    var port: UInt16 = 0

    @Flag(help: "Keep everything running until Ctrl-C, to look around and to try clients.")
    var keep = false

    @Flag(help: "Print the programs' logs.")
    var verbose = false

    func run() async throws {
        let demo = try Demo(port: port == 0 ? try FreePort.find() : port, output: LinePrinter(isQuiet: !verbose))
        let interruption = await Interruption()
        let held: Bool
        do {
            held = try await play(demo, interruption)
        } catch {
            await demo.clean()
            throw error
        }
        await demo.clean()
        if !held { throw ExitCode(1) }
    }

    private func play(_ demo: Demo, _ interruption: Interruption) async throws -> Bool {
        try await interruption.race { try await demo.play() }
        guard !interruption.happened else { return false }
        let held = demo.report.conclude()
        if keep {
            print("\nrunning until Ctrl-C; try:\n\(demo.hints)")
            fflush(nil)
            await interruption.wait()
        }
        return held
    }
}

/// A TCP port of the loopback interface that nobody uses.
enum FreePort {
    static func find() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard status else { throw SluiceError("no free port: \(errorText())") }
        return UInt16(bigEndian: address.sin_port)
    }
}
