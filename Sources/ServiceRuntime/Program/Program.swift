public import Configuration
public import Logging
public import NIOPosix
public import ServiceLifecycle

/// One of Sluice's programs: what it is called, what can be set, and the long-running things it is made of.
public protocol Program {
    /// What `--help` says.
    static var description: ProgramDescription { get }

    /// The program's long-running things, in the order in which they start; they stop in reverse.
    ///
    /// - Throws: A setting that is wrong (`ConfigurationError`), or whatever keeps the program from starting at all.
    ///   A database or peer that is away is no such reason: things wait for it while they run.
    static func assemble(_ environment: ProgramEnvironment) async throws -> [any Service]
}

/// What `--help` says of a program.
public struct ProgramDescription: Sendable {
    /// The program's name in logs and contexts, such as `network`.
    public var name: String
    /// One sentence.
    public var abstract: String
    /// Everything that can be set.
    public var settings: [Setting]
    /// What it can do besides serving.
    public var commands: [ProgramCommand]

    /// A description; the settings that every program has are added.
    public init(name: String, abstract: String, settings: [Setting], commands: [ProgramCommand] = []) {
        self.name = name
        self.abstract = abstract
        self.settings = settings + Setting.ofEveryProgram
        self.commands = commands
    }
}

/// Something that a program does once, with the same settings as when it serves.
public struct ProgramCommand: Sendable {
    /// What it prints, and the status with which the process ends.
    public typealias Answer = (output: String, status: Int32)

    /// The word on the command line.
    public var name: String
    /// What it does, in one line.
    public var help: String
    /// Does it; what it throws is told on standard error, and the process ends with 2.
    public var run: @Sendable (ProgramEnvironment) async throws -> Answer

    /// A command.
    public init(
        _ name: String,
        help: String,
        run: @escaping @Sendable (ProgramEnvironment) async throws -> Answer
    ) {
        self.name = name
        self.help = help
        self.run = run
    }
}

/// One thing that can be set: `--listen-address X` or `SLUICE_LISTEN_ADDRESS=X` for the key `listen.address`.
public struct Setting: Sendable {
    /// Dotted, lower case; words of one part are joined by a hyphen.
    public var key: String
    /// What a value is, such as `address` or `seconds`.
    public var type: String
    /// What holds when it is not set; nil when it must be.
    public var fallback: String?
    /// One sentence.
    public var help: String

    /// A setting.
    public init(_ key: String, type: String, default fallback: String?, help: String) {
        self.key = key
        self.type = type
        self.fallback = fallback
        self.help = help
    }

    /// The option's name on the command line.
    public var option: String { "--" + key.map { $0 == "." ? "-" : String($0) }.joined() }

    /// The variable's name in the environment.
    public var variable: String {
        "SLUICE_" + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    static let ofEveryProgram = [
        Setting("log.level", type: "level", default: "info", help: "trace, debug, info, notice, warning or error."),
        Setting(
            "metrics.address",
            type: "address",
            default: "",
            help: "Where metrics are served over HTTP at /metrics, for Prometheus."
        ),
        Setting(
            "event.loops",
            type: "count",
            default: "processors, at most 4",
            help: "Threads that serve connections."
        ),
    ]
}

/// What a program is given to be assembled from.
public struct ProgramEnvironment: Sendable {
    /// The program's name.
    public var name: String
    /// The settings.
    public var configuration: ConfigReader
    /// The root logger.
    public var logger: Logger
    /// The threads that serve connections.
    public var eventLoops: MultiThreadedEventLoopGroup
    /// Whether the program is ready, as told to those who ask.
    public var health: HealthReporter
    /// What the program counts and measures of itself.
    public var metrics: MetricRegistry

    /// An environment of the given parts; programs get theirs from `ProgramMain`, tests make their own.
    public init(
        name: String,
        configuration: ConfigReader,
        logger: Logger,
        eventLoops: MultiThreadedEventLoopGroup,
        health: HealthReporter = HealthReporter(),
        metrics: MetricRegistry = MetricRegistry()
    ) {
        self.name = name
        self.configuration = configuration
        self.logger = logger
        self.eventLoops = eventLoops
        self.health = health
        self.metrics = metrics
    }
}

/// A setting that is wrong or missing.
public struct ConfigurationError: Error, CustomStringConvertible, Hashable {
    /// What is wrong with which setting.
    public var description: String

    /// An error about the setting with the given key.
    public init(_ key: String, _ problem: String) {
        let setting = Setting(key, type: "", default: nil, help: "")
        description = "\(setting.option) (\(setting.variable)): \(problem)"
    }
}
