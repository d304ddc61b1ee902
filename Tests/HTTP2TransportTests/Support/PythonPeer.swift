import Foundation
import Synchronization

/// A program that a test runs beside itself and talks to over its input and output.
final class Helper: Sendable {
    private let process: Mutex<Process>
    private let input: FileHandle
    private let output: FileHandle

    /// The Python of the repository's own environment, where grpcio is installed.
    static let python = repository + "/.venv/bin/python"
    static let hasPython = FileManager.default.isExecutableFile(atPath: python)
    static let hasLoadGenerator = FileManager.default.isExecutableFile(atPath: "/usr/bin/h2load")

    private static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let repository = folder.deletingLastPathComponent().deletingLastPathComponent().path

    /// Starts `name` of the fixtures in Python.
    convenience init(fixture name: String, _ arguments: String...) throws {
        let script = Self.folder.appendingPathComponent("Fixtures/\(name)").path
        try self.init(Self.python, [script] + arguments)
    }

    init(_ path: String, _ arguments: [String]) throws {
        let process = Process()
        let inward = Pipe()
        let outward = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = inward
        process.standardOutput = outward
        process.standardError = outward
        try process.run()
        self.process = Mutex(process)
        input = inward.fileHandleForWriting
        output = outward.fileHandleForReading
    }

    func write(_ line: String) throws {
        try input.write(contentsOf: Data((line + "\n").utf8))
    }

    /// The next line the program says, nil at the end.
    func line() async -> String? {
        await Self.offPool { [output] in
            var line: [UInt8] = []
            while let octet = try? output.read(upToCount: 1)?.first {
                if octet == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
                line.append(octet)
            }
            return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
        }
    }

    /// All that the program still says, and whether it ended well.
    func finish() async -> (output: String, isSuccess: Bool) {
        try? input.close()
        return await Self.offPool { [self] in
            let rest = (try? output.readToEnd()) ?? Data()
            let isSuccess = process.withLock { process in
                process.waitUntilExit()
                return process.terminationStatus == 0
            }
            return (String(decoding: rest, as: UTF8.self), isSuccess)
        }
    }

    func stop() {
        process.withLock { $0.terminate() }
    }

    /// Blocking reads get a thread of their own.
    private static func offPool<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }
}
