import Addressing
import Glibc
import NIOHTTP1
import Testing

@testable import Sluice

@Suite(.serialized, .wholeSystem) struct WholeSystemTests {
    @Test(.timeLimit(.minutes(3)))
    func `the demo's proofs hold and it leaves nothing behind`() async throws {
        let demo = try Demo(port: try FreePort.find(), output: LinePrinter(isQuiet: getenv("SLUICE_TEST_LOGS") == nil))
        do {
            try await demo.play()
        } catch {
            await demo.clean()
            throw error
        }
        #expect(demo.report.conclude())
        await demo.clean()
        #expect(access(demo.data, F_OK) != 0)
        #expect(access("/run/netns/\(demo.node.name)", F_OK) != 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a flow through the floating IP outlives the death of every program, and each comes back`() async throws {
        try await SystemUnderTest.run { system in
            let flow = try EchoFlow(
                from: system.scene.outside,
                to: system.scene.floatingIP.address,
                servedBy: system.scene.blue
            )
            defer { flow.stop() }
            for program in ["network", "router", "floatingip", "gateway", "agent", "postgres"] {
                let before = flow.echoes
                try system.demo.cluster.signal(program, SIGKILL)
                try await system.eventually { flow.echoes > before + 20 }
                try await system.eventually { await system.lists() }
                let answer = try system.scene.outside.ask(
                    try #require(IPv4Address(system.scene.floatingIP.address)),
                    within: 5
                )
                #expect(answer == DemoAnswer(server: "blue-vm", clientAddress: "203.0.113.1"), "after \(program) died")
            }
            #expect(flow.failure == nil)
            try await system.demo.story.associate(system.scene.floatingIP.id, with: nil)
            try await system.eventually { flow.failure != nil }
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a database that is away makes 503 with a clear message, and then all is well again`() async throws {
        try await SystemUnderTest.run { system in
            await system.demo.cluster.halt("postgres")
            let failure = await #expect(throws: RESTFailure.self) {
                try await system.client.send(.GET, "/v2.0/routers")
            }
            #expect(failure?.status == 503)
            #expect(failure?.error["type"].text == "ServiceUnavailable")
            #expect(failure?.error["message"].text.isEmpty == false)
            system.demo.cluster.resume("postgres")
            try await system.eventually { await system.lists() }
        }
    }

    @Test(.timeLimit(.minutes(4)))
    func `everything is there again after a stop and a start on the same data`() async throws {
        try await SystemUnderTest.run { system in
            let flow = try EchoFlow(
                from: system.scene.outside,
                to: system.scene.floatingIP.address,
                servedBy: system.scene.blue
            )
            defer { flow.stop() }
            await system.demo.cluster.stop()
            let again = try LocalCluster(system.demo.cluster.settings, output: LinePrinter(isQuiet: true))
            do {
                try await again.start()
                let listed = try await system.client.send(.GET, "/v2.0/floatingips/\(system.scene.floatingIP.id)")
                #expect(listed["floatingip"]["floating_ip_address"].text == system.scene.floatingIP.address)
                #expect(listed["floatingip"]["status"].text == "ACTIVE")
                let before = flow.echoes
                try await system.eventually { flow.echoes > before + 20 }
                #expect(flow.failure == nil)
            } catch {
                await again.stop()
                throw error
            }
            await again.stop()
        }
    }
}
