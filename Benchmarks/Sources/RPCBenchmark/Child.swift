import Foundation

/// This program again, in a process of its own.
final class Child {
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
        process.terminate()
        process.waitUntilExit()
    }
}
