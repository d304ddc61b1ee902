import Foundation

/// Throw-away certificates for localhost, made by the openssl program in a folder of their own.
struct Certificates {
    let folder: String

    /// Makes a root (`root.pem`) and one certificate that both sides show (`peer.pem`, `peer.key`).
    init() throws {
        folder = NSTemporaryDirectory() + "rpc-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", Self.script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Conformance.Failure(description: "openssl makes no certificates: is it installed?")
        }
    }

    private static let script = """
        key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        openssl req -x509 $key -keyout root.key -out root.pem -days 2 -subj /CN=root
        openssl req $key -keyout peer.key -out peer.csr -subj /CN=localhost
        echo subjectAltName=DNS:localhost > names
        openssl x509 -req -in peer.csr -CA root.pem -CAkey root.key -set_serial 1 -days 2 -extfile names -out peer.pem
        """

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
