internal import Glibc

/// A child process.
struct Command: Sendable {
    private let process: pid_t

    /// Starts a program found by the search path; its output goes to a file.
    init(_ arguments: [String], output: String) throws(ScratchError) {
        let descriptor = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .commandFailed(arguments.joined(separator: " "), output: output) }
        defer { close(descriptor) }
        process = try Self.spawn(arguments, output: descriptor)
    }

    /// Runs a program to its end and returns its output.
    static func output(_ arguments: [String]) throws(ScratchError) -> String {
        // A file without a name rather than a pipe, whose end a child of another thread could keep open.
        var name = [CChar]("/tmp/slt-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        guard file >= 0 else { throw .commandFailed("mkstemp", output: String(cString: strerror(errno))) }
        unlink(name)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        defer { close(file) }
        let status = wait(for: try spawn(arguments, output: file))
        lseek(file, 0, SEEK_SET)
        let text = String(decoding: readAll(file), as: UTF8.self)
        guard status == 0 else {
            throw .commandFailed(arguments.joined(separator: " "), output: text)
        }
        return text
    }

    /// Asks it to end, and waits.
    func stop() {
        kill(process, SIGTERM)
        _ = Self.wait(for: process)
    }

    private static func spawn(_ arguments: [String], output: Int32) throws(ScratchError) -> pid_t {
        _ = keepInheritedDescriptors
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of Swift's pool block signals; the child must not.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let copies: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { copies.forEach { free($0) } }
        var process = pid_t()
        let failure = posix_spawnp(&process, arguments[0], &actions, &attributes, copies, environ)
        guard failure == 0 else {
            throw .commandFailed(arguments.joined(separator: " "), output: String(cString: strerror(failure)))
        }
        return process
    }

    /// What this process inherited, such as a lock its starter holds, is not its children's business.
    private static let keepInheritedDescriptors: Void = {
        for descriptor in Int32(3)..<1024 where fcntl(descriptor, F_GETFD) == 0 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }()

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes.append(contentsOf: buffer[..<count])
            } else if count == 0 || errno != EINTR {
                return bytes
            }
        }
    }

    private static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        return status
    }
}
