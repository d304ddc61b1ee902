internal import Glibc
internal import ServiceRuntime
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// How to run one program of the cluster.
struct ProgramSpecification: Sendable {
    /// Its name in the log.
    var name: String
    /// The executable's path.
    var executable: String
    var arguments: [String]
    /// The account it runs as; nil is the caller's.
    var account: Account?
    /// The signal that asks it to stop.
    var stopSignal: Subprocess.Signal = .terminate
    /// How long it may take to stop before it is killed.
    var stopsWithin: Duration = .seconds(15)
    /// Where its pid is written.
    var pidFile: String
}

/// A process that is started again whenever it ends, until it is told to stop.
final class SupervisedProgram: Sendable {
    let specification: ProgramSpecification
    private let output: LinePrinter
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ specification: ProgramSpecification, output: LinePrinter) {
        self.specification = specification
        self.output = output
    }

    /// Starts the process and its supervision.
    func start() {
        task.withLock { $0 = Task { await self.supervise() } }
    }

    /// Asks the process to stop, waits, kills it when it takes too long; returns when it is gone.
    func stop() async {
        let running = task.withLock { task in
            defer { task = nil }
            return task
        }
        running?.cancel()
        await running?.value
        unlink(specification.pidFile)
    }

    private func supervise() async {
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(10))
        while !Task.isCancelled {
            let started = ContinuousClock.now
            let ending = await runOnce()
            if Task.isCancelled { break }
            if started.duration(to: .now) > .seconds(30) { backoff.reset() }
            let delay = backoff.nextDelay()
            output.print(
                "ended (\(ending)); starting it again in \(delay.formattedMilliseconds)",
                from: specification.name
            )
            try? await Task.sleep(for: delay)
        }
    }

    /// Runs the process once and says how it ended.
    private func runOnce() async -> String {
        let command =
            specification.account?.command(specification.executable, specification.arguments)
            ?? (executable: specification.executable, arguments: specification.arguments)
        do {
            let result = try await run(
                .path(FilePath(command.executable)),
                arguments: .init(command.arguments),
                platformOptions: platformOptions,
                input: .none,
                output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                self.record(execution.processIdentifier.value)
                for try await line in execution.standardOutput.strings() {
                    self.output.print(line.trimmingLineBreak, from: self.specification.name)
                }
            }
            return "\(result.terminationStatus)"
        } catch {
            return "\(error)"
        }
    }

    private var platformOptions: PlatformOptions {
        var options = PlatformOptions()
        // Its own process group: a Ctrl-C at the terminal reaches `sluice`, which stops the programs in order.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: specification.stopSignal, allowedDurationToNextStep: specification.stopsWithin)
        ]
        return options
    }

    private func record(_ pid: pid_t) {
        guard let file = fopen(specification.pidFile, "w") else { return }
        fputs("\(pid)\n", file)
        fclose(file)
    }
}

extension Duration {
    fileprivate var formattedMilliseconds: String {
        "\(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) ms"
    }
}

extension String {
    fileprivate var trimmingLineBreak: Substring {
        var text = self[...]
        while let last = text.last, last.isNewline { text.removeLast() }
        return text
    }
}
