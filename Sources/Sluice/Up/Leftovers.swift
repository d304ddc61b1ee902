internal import Glibc

/// Processes that an earlier `sluice up` left behind because it was killed.
struct Leftovers {
    var folder: RunFolder

    /// Ends those of the named programs that still run, by the pid files and only when the process is really ours.
    func end(_ programs: [(name: String, executable: String, signal: Int32)]) async {
        for program in programs {
            guard let pid = pid(of: program.name), isRunning(pid, program.executable) else { continue }
            kill(pid, program.signal)
            for _ in 0..<100 where isRunning(pid, program.executable) {
                try? await Task.sleep(for: .milliseconds(100))
            }
            if isRunning(pid, program.executable) { kill(pid, SIGKILL) }
        }
    }

    /// The pid in a program's pid file.
    func pid(of program: String) -> pid_t? {
        guard let file = fopen(folder.pidFile(program), "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 32)
        guard fgets(&buffer, 32, file) != nil else { return nil }
        return pid_t(String(decoding: buffer.prefix { $0 > 32 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    private func isRunning(_ pid: pid_t, _ executable: String) -> Bool {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/\(pid)/exe", &buffer, 4095)
        guard count > 0 else { return false }
        let path = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path == executable || path == resolved(executable)
    }

    private func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
