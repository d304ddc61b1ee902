internal import Configuration
internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import UnixSignals

/// Runs a program from its command line: `serve` (the default), `probe`, `--help`, `--version`.
public enum ProgramMain {
    /// Sluice's version.
    public static let version = "0.1.0"

    /// Runs the program and ends the process with its exit status: 0 after a clean stop, 1 after a failure, 2 when the
    /// command line or a setting is wrong.
    public static func run<P: Program>(_ program: P.Type) async {
        let line: CommandLineRequest
        do {
            line = try CommandLineRequest(arguments: Array(CommandLine.arguments.dropFirst()), of: P.description)
        } catch {
            end(2, error.description)
        }
        switch line {
        case .help:
            print(HelpText(of: P.description).text)
        case .version:
            print("\(P.description.name) \(version)")
        case .probe(let target):
            await probe(target)
        case .command(let name):
            await perform(name, of: program)
        case .serve:
            await serve(program)
        }
    }

    private static func serve<P: Program>(_: P.Type) async {
        let environment = Self.environment(of: P.self, logLevel: .info)
        let logger = environment.logger
        do {
            let services = try await metricsServers(environment) + P.assemble(environment)
            let group = ServiceGroup(
                configuration: .init(
                    services: services.map { .init(service: $0) },
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger
                )
            )
            try await group.run()
        } catch let error as ConfigurationError {
            end(2, error.description)
        } catch {
            logger.error("program failed", metadata: ["error": "\(error)"])
            exit(1)
        }
    }

    private static func perform<P: Program>(_ name: String, of _: P.Type) async {
        guard let command = P.description.commands.first(where: { $0.name == name }) else { return }
        do {
            let answer = try await command.run(environment(of: P.self, logLevel: .error))
            print(answer.output, terminator: "")
            exit(answer.status)
        } catch {
            end(2, "\(P.description.name) \(name): \(error)")
        }
    }

    private static func environment<P: Program>(of _: P.Type, logLevel: Logger.Level) -> ProgramEnvironment {
        let configuration = settings()
        let loops = configuration.int(forKey: "event.loops", default: min(4, System.coreCount))
        return ProgramEnvironment(
            name: P.description.name,
            configuration: configuration,
            logger: rootLogger(named: P.description.name, configuration: configuration, default: logLevel),
            eventLoops: MultiThreadedEventLoopGroup(numberOfThreads: max(1, loops))
        )
    }

    /// What serves the program's metrics, where it is asked for.
    private static func metricsServers(_ environment: ProgramEnvironment) throws(ConfigurationError) -> [any Service] {
        let key = "metrics.address"
        guard let text = environment.configuration.string(forKey: ConfigKey(key)), !text.isEmpty else { return [] }
        let address = try environment.configuration.listenAddress(forKey: key, default: text)
        environment.metrics.addProcess(program: environment.name)
        let server = MetricsServer(
            address: address,
            metrics: environment.metrics,
            eventLoops: environment.eventLoops,
            logger: environment.logger
        )
        return [server]
    }

    /// The settings: the command line first, then the environment.
    static func settings() -> ConfigReader {
        ConfigReader(providers: [
            CommandLineArgumentsProvider(arguments: CommandLine.arguments),
            EnvironmentVariablesProvider().prefixKeys(with: "sluice"),
        ])
    }

    private static func rootLogger(
        named name: String,
        configuration: ConfigReader,
        default fallback: Logger.Level
    ) -> Logger {
        var logger = Logger(label: name) { StreamLogHandler.standardError(label: $0) }
        let level = configuration.string(forKey: "log.level", default: fallback.rawValue)
        logger.logLevel = Logger.Level(rawValue: level) ?? fallback
        return logger
    }

    private static func probe(_ target: String) async {
        guard let probe = HealthProbe(text: target) else {
            end(2, "usage: probe HOST:PORT | unix:PATH | http://HOST:PORT")
        }
        do {
            try await probe.check(within: .seconds(3))
            print("serving")
        } catch {
            end(1, "\(target): \(error)")
        }
    }

    private static func end(_ status: Int32, _ message: String) -> Never {
        FileDescriptorOutput.standardError.write(message + "\n")
        exit(status)
    }
}

/// A file descriptor to write text to; the C library's `stderr` is shared mutable state to Swift.
struct FileDescriptorOutput {
    static let standardError = FileDescriptorOutput(number: STDERR_FILENO)
    var number: Int32

    func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { Glibc.write(number, $0.baseAddress, $0.count) }
    }
}
