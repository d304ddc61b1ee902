internal import Glibc

/// The data folder of a local cluster: `postgres/` (the database) and `run/` (sockets, pid files, the lock).
struct RunFolder: Sendable {
    let path: String

    var database: String { "\(path)/postgres" }
    var run: String { "\(path)/run" }
    var databaseSocket: String { "\(path)/run/postgres" }
    var clusterFile: String { "\(path)/run/cluster" }

    private var agentFile: String { "\(path)/agent" }

    /// The settings of the agent that has run on this folder, as `--name value` pairs; nil when none has.
    var agentArguments: [String]? {
        guard let file = fopen(agentFile, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 4096)
        var arguments: [String] = []
        while fgets(&buffer, 4096, file) != nil {
            let line = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
            arguments.append(String(decoding: line, as: UTF8.self))
        }
        return arguments
    }

    /// Remembers the agent's settings, by which `sluice agent` asks about the node while nothing runs, and
    /// `sluice down` knows the routers that stay behind.
    func remember(agentArguments: [String]) throws {
        guard let file = fopen(agentFile, "w") else { throw SluiceError("cannot write \(agentFile): \(errorText())") }
        defer { fclose(file) }
        for argument in agentArguments { fputs("\(argument)\n", file) }
    }

    func socket(_ program: String) -> String { "\(run)/\(program).sock" }
    func metricsSocket(_ program: String) -> String { "\(run)/\(program)-metrics.sock" }
    func pidFile(_ program: String) -> String { "\(run)/\(program).pid" }

    /// Makes the folders; `owner` is the account of the database and the services.
    ///
    /// - Throws: The path is too long for unix sockets (107 octets), or a folder cannot be made.
    func make(owner: Account) throws {
        guard metricsSocket("floatingip").utf8.count <= 107 else {
            throw SluiceError("the data folder's path is too long for unix sockets: \(path)")
        }
        for folder in [path, run, database, databaseSocket] {
            var isNew = true
            if mkdir(folder, 0o755) != 0 {
                guard errno == EEXIST else { throw SluiceError("cannot make \(folder): \(errorText())") }
                isNew = false
            }
            let mode: mode_t = folder == database || folder == databaseSocket ? 0o700 : 0o755
            if isNew || folder != path {
                guard chmod(folder, mode) == 0, folder == path || chown(folder, owner.userID, owner.groupID) == 0 else {
                    throw SluiceError("cannot set owner and mode of \(folder): \(errorText())")
                }
            }
        }
    }

    /// Takes the folder's lock; closing the descriptor it gives, or the end of the process, lets go of it.
    ///
    /// - Throws: Another cluster runs on it.
    @discardableResult
    func lock() throws -> Int32 {
        let descriptor = open("\(run)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SluiceError("cannot open \(run)/lock: \(errorText())") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw SluiceError("another `sluice up` runs on \(path); stop it first or choose another --data")
        }
        return descriptor
    }
}

/// The text of `errno`.
func errorText() -> String { String(cString: strerror(errno)) }

/// A failure told to the person at the terminal.
struct SluiceError: Error, CustomStringConvertible {
    /// What went wrong, and what to do.
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
