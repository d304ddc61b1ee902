internal import Glibc

extension MetricRegistry {
    /// Adds what every program tells of its process, by the names that Prometheus' own libraries use.
    func addProcess(program: String) {
        gauge("sluice_\(program)_up", "1: \(program) \(ProgramMain.version) answers.") { 1 }
        counter("process_cpu_seconds_total", "Processor time spent, in seconds.") { ProcessUsage.processorSeconds }
        gauge("process_resident_memory_bytes", "Memory in use, in bytes.") { Double(ProcessUsage.residentByteCount) }
        gauge("process_open_fds", "Open file descriptors.") { Double(ProcessUsage.openDescriptorCount) }
        let start = ProcessUsage.now
        gauge("process_start_time_seconds", "When the process started, in seconds since 1970.") { start }
    }
}

/// What this process takes of the machine.
private enum ProcessUsage {
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static var residentByteCount: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, 128, file) != nil else { return 0 }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    static var openDescriptorCount: Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // The two entries for the folder itself and its parent, and the descriptor that reads it.
        return count - 3
    }
}
