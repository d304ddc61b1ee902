import Glibc
import Netlink
import Subprocess
import SystemPackage
import Testing

@testable import Sluice

/// A whole Sluice, its node in a namespace, that unmodified clients reach over HTTP.
enum RunningSluice {
    /// Starts one, hands over its endpoint, and removes everything again.
    static func serving(_ body: (String) async throws -> Void) async throws {
        try await running { try await body($0.settings.endpoint) }
    }

    /// Starts one, hands it over, and removes everything again.
    static func running(_ body: (LocalCluster) async throws -> Void) async throws {
        let demo = try Demo(port: try FreePort.find(), output: LinePrinter(isQuiet: getenv("SLUICE_TEST_LOGS") == nil))
        do {
            try demo.node.make()
            try await demo.cluster.start()
            try await body(demo.cluster)
        } catch {
            await demo.clean()
            throw error
        }
        await demo.clean()
    }
}

/// Where the clients are, and how they are run.
enum Clients {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    static let python = "\(root)/.venv/bin/python"

    static var hasGo: Bool { access("/usr/bin/go", X_OK) == 0 }

    static func file(_ name: String) -> String { "\(root)/Tests/AcceptanceTests/\(name)" }

    /// Runs a program to its end and expects success; what it said is told otherwise.
    static func expect(_ program: String, _ arguments: [String], saying last: String = "") async throws {
        let result = try await run(
            .path(FilePath(program)),
            arguments: .init(arguments),
            output: .string(limit: 1_048_576),
            error: .string(limit: 1_048_576)
        )
        let said = "\(arguments[0]): \(result.standardOutput)\(result.standardError)"
        #expect(result.terminationStatus.isSuccess, "\(said)")
        #expect(result.standardOutput.hasSuffix(last), "\(said)")
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs root and what `make setup` installs; skipped where that is missing, but not in CI.
    static var realClients: Self {
        .enabled("needs root, and the clients that `make setup` installs") {
            getenv("CI") != nil
                || (geteuid() == 0 && access(Clients.python, X_OK) == 0 && (try? PostgresTools.find()) != nil
                    && (try? ClusterPrograms.executable("AgentService")) != nil)
        }
    }
}
