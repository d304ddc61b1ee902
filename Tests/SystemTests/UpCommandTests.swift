import Glibc
import NIOHTTP1
import Netlink
import Subprocess
import SystemPackage
import Testing

@testable import Sluice

/// The `sluice up` process itself, as a person starts and stops it.
@Suite(.serialized, .wholeSystem) struct UpCommandTests {
    @Test(.timeLimit(.minutes(3)), arguments: [SIGTERM, SIGINT])
    func `it stays up until a signal, and then leaves no process behind`(signal: Int32) async throws {
        let data = "/tmp/sluice-up-\(getpid())-\(UInt16.random(in: .min ... .max))"
        defer { FolderRemoval.remove(data) }
        let port = try FreePort.find()
        let result = try await run(
            .path(FilePath(try ClusterPrograms.executable("sluice"))),
            arguments: ["up", "--data", data, "--port", "\(port)", "--without-agent", "--log-level", "error"],
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            for try await line in execution.standardOutput.strings() where line.hasPrefix("ready ") { break }
            // It has to be there a moment later as well: once it ended right after the line.
            try await Task.sleep(for: .milliseconds(300))
            let client = RESTClient(host: "127.0.0.1", port: Int(port))
            #expect(try await client.send(.GET, "/v2.0/networks")["networks"] == [])
            kill(execution.processIdentifier.value, signal)
        }
        #expect(result.terminationStatus.isSuccess, "\(result.terminationStatus)")
        #expect(processes(naming: data) == [])
        #expect(access("\(data)/run/cluster", F_OK) != 0)
    }

    @Test func `status of a folder on which nothing runs says so and exits with 1`() async throws {
        let result = try await run(
            .path(FilePath(try ClusterPrograms.executable("sluice"))),
            arguments: ["status", "--data", "/tmp/no-such"],
            output: .string(limit: 4096)
        )
        #expect(result.standardOutput == "nothing runs on /tmp/no-such\n")
        #expect(!result.terminationStatus.isSuccess)
    }

    /// The command lines that name the folder, of processes other than this one's.
    private func processes(naming folder: String) -> [String] {
        var found: [String] = []
        guard let directory = opendir("/proc") else { return ["cannot read /proc"] }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let pid = pid_t(name), let file = fopen("/proc/\(pid)/cmdline", "r") else { continue }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = fread(&bytes, 1, bytes.count, file)
            let text = String(decoding: bytes.prefix(count), as: UTF8.self)
            if text.contains(folder) { found.append(text) }
        }
        return found
    }
}

/// `sluice down` after a cluster that had a router.
@Suite(.serialized, .wholeSystem) struct DownCommandTests {
    @Test(.timeLimit(.minutes(3))) func `down deletes the routers of its own node and no other's`() async throws {
        try await SystemUnderTest.run { system in
            let stranger = "qrouter-stranger-\(getpid())"
            _ = try NetworkNamespace.create(named: stranger)
            // As the agent of a node of the same name in another namespace would mark it.
            let marking = try await run(
                .name("ip"),
                arguments: ["-n", stranger, "link", "set", "lo", "alias", "sluice node demo-node in elsewhere"],
                output: .discarded
            )
            #expect(marking.terminationStatus.isSuccess)
            defer { try? NetworkNamespace.delete(named: stranger) }
            await system.demo.cluster.stop()
            let router = "qrouter-\(system.scene.router.id)"
            #expect(try NetworkNamespace.names().contains(router))
            let result = try await run(
                .path(FilePath(try ClusterPrograms.executable("sluice"))),
                arguments: ["down", "--data", system.demo.data],
                output: .string(limit: 4096)
            )
            #expect(result.terminationStatus.isSuccess)
            #expect(result.standardOutput == "deleted \(router)\ndeleted \(system.demo.data)\n")
            #expect(try NetworkNamespace.names().contains(stranger))
            #expect(try !NetworkNamespace.names().contains(router))
        }
    }
}
