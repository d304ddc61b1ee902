import Foundation

/// nghttp2's h2load: the same client for both servers, and none of theirs.
struct LoadGenerator {
    static let path = "/usr/bin/h2load"

    /// The median of the answers' times in nanoseconds.
    struct Result {
        var medianNanoseconds: Double
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Sends `count` requests over `connections`, with `streams` at once on each.
    static func run(
        port: Int,
        method: String,
        connections: Int,
        streams: Int,
        count: Int,
        warmUp: Bool = false
    ) throws -> Result {
        let folder = NSTemporaryDirectory() + "rpc-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let message = Workload.request
        try Data([0, 0, 0, 0, UInt8(message.count)] + message).write(to: URL(fileURLWithPath: folder + "/body"))
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = [
            "-n", "\(count)", "-c", "\(connections)", "-m", "\(streams)", "-w", "20", "-W", "22", "-d",
            folder + "/body", "--log-file", folder + "/log", "-H", "te: trailers", "-H",
            "content-type: application/grpc", "http://127.0.0.1:\(port)/\(method)",
        ]
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard said.contains("\(count) succeeded, 0 failed") else { throw Failure(description: said) }
        return Result(medianNanoseconds: try median(ofLog: folder + "/log"))
    }

    /// h2load's log holds one line for each request: when, status, microseconds.
    private static func median(ofLog path: String) throws -> Double {
        let times = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .compactMap { $0.split(separator: "\t").last.flatMap { Double($0) } }.sorted()
        return times.isEmpty ? 0 : times[times.count / 2] * 1000
    }
}
