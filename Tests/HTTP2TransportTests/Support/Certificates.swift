import Foundation
import Testing

/// Throw-away certificates, made by the openssl program in a folder of their own.
struct Certificates {
    let folder: String

    static let isAvailable = ["/usr/bin/openssl", "/bin/openssl"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Makes a root (`root.pem`), a server (`server.pem`, `server.key`), a client (`client.pem`, `client.key`), and
    /// a stranger whom no root vouches for (`stranger.pem`, `stranger.key`).
    init() throws {
        folder = NSTemporaryDirectory() + "sluice-h2-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 2"
                + " -subj /CN=root"
        )
        try issue("server", serial: 1)
        try issue("client", serial: 2)
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout stranger.key -out stranger.pem"
                + " -days 2 -subj /CN=stranger"
        )
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Makes (anew) the certificate and key of `name`, for localhost.
    func issue(_ name: String, serial: Int) throws {
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key -out \(name).csr"
                + " -subj /CN=\(name)-\(serial)"
        )
        try "subjectAltName=DNS:localhost".write(
            toFile: path("names.txt"),
            atomically: true,
            encoding: .utf8
        )
        try openssl(
            "x509 -req -in \(name).csr -CA root.pem -CAkey root.key -set_serial \(serial) -days 2"
                + " -extfile names.txt -out \(name).new"
        )
        try? FileManager.default.removeItem(atPath: path("\(name).pem"))
        try FileManager.default.moveItem(atPath: path("\(name).new"), toPath: path("\(name).pem"))
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func openssl(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    }

    struct Failure: Error {
        var arguments: String
    }
}

/// Whether a test that needs an outside tool must run: always on a CI machine, at home if the tool is there.
func needs(_ isThere: Bool) -> ConditionTrait {
    .enabled(if: isThere || ProcessInfo.processInfo.environment["CI"] == "true")
}
