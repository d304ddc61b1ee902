import Glibc
import Netlink
import Subprocess
import SystemPackage
import Testing

@testable import Sluice

/// Unmodified clients from PyPI against the whole system; `make setup` installs them.
@Suite(.serialized, .realClients) struct ClientStoryTests {
    @Test(.timeLimit(.minutes(5)))
    func `openstacksdk and the openstack CLI tell a tenant's story`() async throws {
        let demo = try Demo(port: try FreePort.find(), isVerbose: getenv("SLUICE_TEST_LOGS") != nil)
        do {
            try demo.node.make()
            try await demo.cluster.start()
            let endpoint = demo.cluster.settings.endpoint
            try await tell(Clients.python, [Clients.script("openstacksdk_story.py"), endpoint])
            try await tell("/bin/bash", [Clients.script("openstack_cli_story.sh"), Clients.python, endpoint])
        } catch {
            await demo.clean()
            throw error
        }
        await demo.clean()
    }

    private func tell(_ program: String, _ arguments: [String]) async throws {
        let result = try await run(
            .path(FilePath(program)),
            arguments: .init(arguments),
            output: .string(limit: 65_536),
            error: .string(limit: 65_536)
        )
        #expect(result.terminationStatus.isSuccess, "\(arguments[0]): \(result.standardOutput)\(result.standardError)")
        #expect(result.standardOutput.hasSuffix("story told\n"))
    }
}

/// Where the clients are.
enum Clients {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    static let python = "\(root)/.venv/bin/python"

    static func script(_ name: String) -> String { "\(root)/Tests/AcceptanceTests/\(name)" }
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
