internal import Glibc
internal import HTTP2Transport
internal import ServiceRuntime
internal import Synchronization

/// A whole Sluice on one host: PostgreSQL, the services, the gateway and one agent.
final class LocalCluster: Sendable {
    let settings: ClusterSettings
    let folder: RunFolder
    private let account: Account
    let output: LinePrinter
    private let running = Mutex<[SupervisedProgram]>([])
    private let lock = Mutex<Int32?>(nil)

    init(_ settings: ClusterSettings, output: LinePrinter) throws {
        self.settings = settings
        self.output = output
        folder = RunFolder(path: settings.data)
        account = try Account.ofData()
    }

    /// All programs but PostgreSQL, and how they are reached.
    var programs: ClusterPrograms { ClusterPrograms(settings: settings, folder: folder, account: account) }

    /// What the `ready` line says.
    var summary: String {
        "endpoint=\(settings.endpoint) data=\(settings.data) node=\(settings.nodeNamespace ?? "host")"
    }

    /// Starts everything in order and returns when the API answers.
    ///
    /// - Throws: What is missing or in the way, before anything is started; or a program that does not become ready.
    func start() async throws {
        let tools = try PostgresTools.find()
        try Preflight(settings: settings).check()
        try await tools.checkVersion()
        try folder.make(owner: account)
        let descriptor = try folder.lock()
        lock.withLock { $0 = descriptor }
        let programs = self.programs
        if settings.hasAgent { try folder.remember(agentArguments: programs.agentArguments) }
        let postgres = EmbeddedCluster(folder: folder, tools: tools, account: account)
        let specifications = try programs.all()
        await Leftovers(folder: folder).end(
            specifications.map { ($0.name, $0.executable, SIGTERM) }.reversed()
                + [("postgres", postgres.specification.executable, SIGINT)]
        )
        try await postgres.initialise()
        launch(postgres.specification)
        try await postgres.prepare(ClusterPrograms.databases)
        for specification in specifications { launch(specification) }
        try await waitUntilReady(programs)
        try programs.writeClusterFile()
    }

    /// Stops everything, the programs in reverse order, PostgreSQL last.
    func stop() async {
        let programs = running.withLock { programs in
            defer { programs = [] }
            return programs
        }
        for program in programs.reversed() { await program.stop() }
        unlink(folder.clusterFile)
        lock.withLock { descriptor in
            if let held = descriptor { close(held) }
            descriptor = nil
        }
    }

    /// Stops one program until `resume`.
    func halt(_ name: String) async {
        for program in running.withLock({ $0 }) where program.specification.name == name { await program.stop() }
    }

    /// Starts a halted program again.
    func resume(_ name: String) {
        for program in running.withLock({ $0 }) where program.specification.name == name { program.start() }
    }

    /// Sends a signal to a program, which is started again when that ends it.
    ///
    /// - Throws: No such program runs.
    func signal(_ program: String, _ number: Int32) throws {
        guard let pid = Leftovers(folder: folder).pid(of: program), kill(pid, number) == 0 else {
            throw SluiceError("\(program) does not run")
        }
    }

    /// Whether every program but PostgreSQL says that it is ready.
    func isReady() async -> Bool {
        for (_, probe) in programs.probes {
            guard (try? await probe.check(within: .seconds(2))) != nil else { return false }
        }
        return true
    }

    private func launch(_ specification: ProgramSpecification) {
        let program = SupervisedProgram(specification, output: output)
        running.withLock { $0.append(program) }
        program.start()
    }

    private func waitUntilReady(_ programs: ClusterPrograms) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        for (name, probe) in programs.probes {
            while true {
                do {
                    try await probe.check(within: .seconds(2))
                    break
                } catch {
                    try Task.checkCancellation()
                    guard ContinuousClock.now < deadline else {
                        throw SluiceError("\(name) did not become ready within a minute: \(error)")
                    }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }
}
