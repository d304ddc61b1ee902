internal import Dispatch
internal import Glibc

/// What went wrong around the server of the tests.
public enum TemporaryClusterError: Error {
    /// The server programs are not installed.
    case missing(String)
    /// A program could not be started, or failed.
    case failed(String)
}

/// A child process.
struct Command: Sendable {
    let process: pid_t

    /// Starts a program found by the search path.
    ///
    /// `input` becomes its standard input; its output goes to the file.
    init(_ arguments: [String], input: CInt? = nil, output: String = "/dev/null") throws(TemporaryClusterError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o666)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        Self.keepDescriptorsFromChildren()
        var attributes = Self.plainSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        let copies: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { copies.forEach { free($0) } }
        var process = pid_t()
        let failure = posix_spawnp(&process, arguments[0], &actions, &attributes, copies, environ)
        guard failure == 0 else {
            throw .failed("\(arguments[0]) could not be started: \(String(cString: strerror(failure)))")
        }
        self.process = process
    }

    /// What this process inherited, such as a lock its starter holds, is not the children's business.
    private static func keepDescriptorsFromChildren() {
        for descriptor in CInt(3)..<1024 where fcntl(descriptor, F_GETFD) == 0 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    /// The threads of Swift's pool block signals, which a shell that waits for its children cannot do with.
    private static func plainSignals() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        return attributes
    }

    /// Waits for its end without holding up a thread of Swift's.
    func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String], output: String) async throws {
        let status = try await Command(arguments, output: output).status()
        guard status == 0 else {
            throw TemporaryClusterError.failed("\(arguments.joined(separator: " ")) failed, see \(output)")
        }
    }
}
