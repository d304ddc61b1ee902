import Glibc
import KernelTestSupport
import NIOHTTP1
import Subprocess
import Synchronization
import Testing

@testable import Sluice

/// A whole Sluice as real processes on a node in a namespace, with the demo's networks, router, floating IP and hosts.
struct SystemUnderTest {
    let demo: Demo
    let scene: Demo.Scene
    let log: ProgramLog

    /// Builds it, runs the body, and removes everything again.
    static func run(_ body: (SystemUnderTest) async throws -> Void) async throws {
        let log = ProgramLog()
        let output = LinePrinter(isQuiet: getenv("SLUICE_TEST_LOGS") == nil, reader: { log.add($0, from: $1) })
        let demo = try Demo(port: try FreePort.find(), output: output)
        do {
            let scene = try await demo.build()
            try await body(SystemUnderTest(demo: demo, scene: scene, log: log))
        } catch {
            await demo.clean()
            throw error
        }
        await demo.clean()
    }

    var client: RESTClient { demo.story.client }

    /// Whether the API lists the router, which takes gateway, service and database.
    func lists() async -> Bool {
        let answer = try? await client.send(.GET, "/v2.0/routers?id=\(scene.router.id)")
        return answer?["routers"][0]["id"].text == scene.router.id
    }

    /// Creates an object and returns its id.
    func create(_ collection: String, _ key: String, _ body: JSONValue) async throws -> String {
        try await client.send(.POST, "/v2.0/\(collection)", .object([key: body]))[key]["id"].text
    }

    /// What a command in a namespace writes.
    func run(in namespace: String, _ command: String...) async throws -> String {
        let result = try await Subprocess.run(
            .name("ip"),
            arguments: .init(["netns", "exec", namespace] + command),
            output: .string(limit: 65536)
        )
        try #require(result.terminationStatus.isSuccess)
        return result.standardOutput
    }

    /// Polls until the condition holds.
    func eventually(within limit: Duration = .seconds(30), _ condition: () async -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while await !condition() {
            try #require(ContinuousClock.now < deadline, "not so within \(limit)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// What the programs printed so far.
final class ProgramLog: Sendable {
    private let lines = Mutex<[String: [String]]>([:])

    func add(_ line: String, from program: String) { lines.withLock { $0[program, default: []].append(line) } }

    /// The lines of a program that hold a text.
    func lines(of program: String, with text: String) -> [String] {
        lines.withLock { $0[program] ?? [] }.filter { $0.contains(text) }
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs root, nftables, PostgreSQL and the built programs; skipped where they are missing, but not in CI.
    static var wholeSystem: Self {
        .enabled("needs root, nft, PostgreSQL and the built programs") {
            getenv("CI") != nil
                || (geteuid() == 0 && (try? PostgresTools.find()) != nil
                    && (try? ClusterPrograms.executable("AgentService")) != nil)
        }
    }
}
