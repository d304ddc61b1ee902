import Foundation

/// This program again, in a process of its own.
final class Child: @unchecked Sendable {
    // @unchecked: each test and each figure has children of its own and uses one from one task at a time.

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// The next line it says.
    func line() -> String {
        var line: [UInt8] = []
        while let octet = try? output.fileHandleForReading.read(upToCount: 1)?.first, octet != UInt8(ascii: "\n") {
            line.append(octet)
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Gives it a line to read.
    func say(_ line: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    var hasEnded: Bool { !process.isRunning }

    /// Nanoseconds its threads have run so far, of those that still live.
    ///
    /// Source: proc(5), `/proc/PID/task/TID/schedstat`, first field.
    var cpuNanoseconds: Int {
        let folder = "/proc/\(process.processIdentifier)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.reduce(0) { sum, thread in
            let text = (try? String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8)) ?? ""
            return sum + (text.split(separator: " ").first.flatMap { Int($0) } ?? 0)
        }
    }

    func stop() {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }
}
