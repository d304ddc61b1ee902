import Glibc
import Subprocess
import SystemPackage
import Testing

@testable import Sluice

@Suite(.serialized, .wholeSystem) struct AgentCommandTests {
    @Test(.timeLimit(.minutes(3)))
    func `verify and plan tell what is different while the agent is down, and touch nothing`() async throws {
        try await SystemUnderTest.run { system in
            let clean = try await system.ask("verify")
            #expect(clean.status == 0, "\(clean)")
            #expect(clean.output == "node demo-node: 1 router, all as wanted\n")
            #expect(try await system.ask("plan") == clean)

            await system.demo.cluster.halt("agent")
            try await system.inRouter("nft", "flush", "ruleset")
            for _ in 1...2 {
                let verified = try await system.ask("verify")
                #expect(verified.status == 1)
                #expect(verified.output.contains("  - table sluice: expected present, found missing\n"))
            }
            let planned = try await system.ask("plan")
            #expect(planned.status == 1)
            #expect(planned.output.contains("router \(system.scene.router.id)\n  - make table sluice anew with"))

            let unknown = try await system.ask("verify", "--", "--node-name", "nobody")
            #expect(unknown.status == 2)
            #expect(unknown.complaint.contains("knows no node 'nobody'"))

            system.demo.cluster.resume("agent")
            try await system.eventually { (try? await system.ask("verify"))?.status == 0 }
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a table flushed by hand is put back by the agent and counted, and every program has metrics`() async throws {
        try await SystemUnderTest.run { system in
            #expect(try system.metricsText(of: "agent").contains("sluice_agent_repairs_total{kind=\"table\"} 0\n"))
            try await system.inRouter("nft", "flush", "ruleset")
            try await system.eventually {
                let text = try? system.metricsText(of: "agent")
                return text?.contains("sluice_agent_repairs_total{kind=\"table\"} 1\n") == true
            }
            #expect(try await system.ask("verify").status == 0)
            for program in ["network", "router", "floatingip", "gateway", "agent"] {
                let text = try system.metricsText(of: program)
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(text.contains("\nsluice_\(program)_up 1\n") && text.contains("\nprocess_open_fds "))
            }
            let calls = try system.metricsText(of: "router")
            #expect(
                calls.contains(
                    "sluice_rpc_requests_total{method=\"l3.router.v1.Routers/CreateRouter\",code=\"OK\"} 1\n"
                )
            )
            #expect(try system.metricsText(of: "agent", path: "/").hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        }
    }
}

/// What a command said and how it ended.
struct CommandAnswer: Hashable {
    var status: Int32?
    var output: String
    var complaint: String
}

extension SystemUnderTest {
    /// Runs `sluice agent` with this command on the system's data.
    func ask(_ command: String, _ more: String...) async throws -> CommandAnswer {
        let result = try await Subprocess.run(
            .path(FilePath(try ClusterPrograms.executable("sluice"))),
            arguments: .init(["agent", command, "--data", demo.data] + more),
            output: .string(limit: 65536),
            error: .string(limit: 65536)
        )
        var status: Int32?
        if case .exited(let code) = result.terminationStatus { status = code }
        return CommandAnswer(
            status: status,
            output: result.standardOutput,
            complaint: result.standardError
        )
    }

    /// Runs a command in the router's namespace.
    func inRouter(_ command: String...) async throws {
        let result = try await Subprocess.run(
            .name("ip"),
            arguments: .init(["netns", "exec", "qrouter-\(scene.router.id)"] + command),
            output: .discarded
        )
        try #require(result.terminationStatus.isSuccess)
    }
}
