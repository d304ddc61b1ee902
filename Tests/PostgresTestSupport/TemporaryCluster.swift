internal import Glibc
public import Postgres
internal import Synchronization

/// A PostgreSQL server of the tests' own: in a directory under `/tmp`, on a unix socket only, without regard for power
/// failures.
///
/// It ends, and its directory goes, with the process that started it, also when that crashes.
public final class TemporaryCluster: Sendable {
    private struct Running {
        var supervisor: Command
        var lifeline: CInt
    }

    /// Directory of data, socket and log.
    public let directory: String
    private let running = Mutex<Running?>(nil)
    private let settings: [String]

    /// The one that all suites of this process share.
    public static func shared() async throws -> TemporaryCluster {
        try await SharedCluster.instance.get()
    }

    /// A server for one test, to be stopped and started as it likes.
    public static func make(settings: [String] = []) async throws -> TemporaryCluster {
        let cluster = try TemporaryCluster(settings: settings)
        try await cluster.initialize()
        try await cluster.start()
        return cluster
    }

    private init(settings: [String]) throws {
        self.settings = settings
        var template = Array("/tmp/sluice-postgres-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TemporaryClusterError.failed("no directory under /tmp") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if let owner = PostgresTools.owner() { chown(directory, owner.user, owner.group) }
        chmod(directory, 0o755)
    }

    deinit {
        // The supervisor sees the end of its input, stops the server and removes the directory.
        running.withLock { running in
            if let running { close(running.lifeline) }
        }
    }

    /// How to reach a database of it as its superuser.
    public func configuration(database: String = "postgres") -> PostgresConfiguration {
        var configuration = PostgresConfiguration(database: database, user: "postgres")
        configuration.host = directory
        return configuration
    }

    private func initialize() async throws {
        guard let tools = PostgresTools.directory else {
            throw TemporaryClusterError.missing("PostgreSQL's server programs are not installed")
        }
        let arguments = [
            "\(tools)/initdb", "-D", "\(directory)/data", "-U", "postgres", "--auth", "trust", "--encoding", "UTF8",
            "--locale", "C.UTF-8", "--no-sync", "--no-instructions",
        ]
        try await Command.run(PostgresTools.unprivileged + arguments, output: "\(directory)/initdb.log")
    }

    /// Starts the server; it need not answer yet.
    public func start() async throws {
        guard let tools = PostgresTools.directory else { return }
        var ends: [CInt] = [0, 0]
        // Unlike a pipe it is closed in other children from the start.
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw TemporaryClusterError.failed("no socket pair") }
        let server = [
            "\(tools)/postgres", "-D", "\(directory)/data", "-k", directory, "-h", "", "-F", "-c",
            "max_connections=300", "-c", "full_page_writes=off", "-c",
            "logging_collector=off", "-c", "wal_level=minimal", "-c", "max_wal_senders=0",
        ]
        let supervision = """
            directory=$1; shift; "$@" & server=$!; read -r word; kill -INT $server 2>/dev/null; wait $server; \
            [ "$word" = keep ] || rm -rf "$directory"
            """
        let arguments =
            ["sh", "-c", supervision, "sh", directory] + PostgresTools.unprivileged + server
            + settings.flatMap { ["-c", $0] }
        let supervisor = try Command(arguments, input: ends[0], output: "\(directory)/server.log")
        close(ends[0])
        running.withLock { $0 = Running(supervisor: supervisor, lifeline: ends[1]) }
    }

    /// Kills the server as a crash would, and waits until it is gone.
    ///
    /// Its data stay.
    public func crash() async {
        if let server = serverProcess { kill(server, SIGQUIT) }
        await end()
    }

    /// Shuts the server down in order, and waits until it is gone.
    ///
    /// Its data stay.
    public func stop() async {
        await end()
    }

    /// Lets the server stand still, as if its machine had: it neither answers nor closes anything.
    public func freeze() {
        signalAll(SIGSTOP)
    }

    /// Lets a frozen server go on.
    public func thaw() {
        signalAll(SIGCONT)
    }

    private func end() async {
        let last = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let last else { return }
        _ = "keep\n".withCString { write(last.lifeline, $0, 5) }
        close(last.lifeline)
        _ = await last.supervisor.status()
    }

    private var serverProcess: pid_t? {
        guard let file = fopen("\(directory)/data/postmaster.pid", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, 32, file) != nil else { return nil }
        let digits = line.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8(bitPattern: $0) }
        return pid_t(String(decoding: digits, as: UTF8.self))
    }

    private func signalAll(_ signal: CInt) {
        guard let server = serverProcess else { return }
        for process in children(of: server) + [server] { kill(process, signal) }
    }

    private func children(of process: pid_t) -> [pid_t] {
        guard let file = fopen("/proc/\(process)/task/\(process)/children", "r") else { return [] }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 4096)
        guard fgets(&text, 4096, file) != nil else { return [] }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    }
}

/// Starts the shared server once, however many suites ask at once.
private actor SharedCluster {
    static let instance = SharedCluster()
    private var starting: Task<TemporaryCluster, any Error>?

    func get() async throws -> TemporaryCluster {
        let task = starting ?? Task { try await TemporaryCluster.make() }
        starting = task
        return try await task.value
    }
}
