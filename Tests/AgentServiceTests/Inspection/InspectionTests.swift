import Addressing
import Contracts
import GRPCCore
import KernelTestSupport
import Netlink
import ResourceModel
import SwiftProtobuf
import Testing

@testable import AgentService

/// Looking at a node without touching it.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct InspectionTests {
    private let story = Story()
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")

    private var desired: DesiredState {
        var state = DesiredState()
        for event: WatchEvent in [
            .routers(.snapshotBegan), .routers(.upserted(story.specification)), .routers(.synced),
            .addresses(story.router, .snapshotBegan), .addresses(story.router, .upserted(floating)),
            .addresses(story.router, .synced),
        ] { _ = state.apply(event) }
        return state
    }

    /// What a program that just started finds; it must not have written anything.
    private func inspect(_ node: ScratchNode, _ desired: DesiredState) throws -> NodeInspection {
        let kernel = try node.restarted()
        let inspection = try kernel.inspect(desired, node: "scratch")
        #expect(kernel.changesMade == 0)
        return inspection
    }

    private func withNode(_ body: (ScratchNode) async throws -> Void) async throws {
        try await ScratchNode.with(routers: [story.router], body)
    }

    @Test func `a node as wanted is told so`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            let inspection = try inspect(node, desired)
            let isAsWanted = inspection.routers.allSatisfy { $0.isAsWanted }
            #expect(isAsWanted)
            #expect(!inspection.strays.contains(story.router))
        }
    }

    @Test func `what is different is told with what an agent would do, twice the same since nothing is touched`()
        async throws
    {
        try await withNode { node in
            node.settle(story.desired([floating]))
            _ = try node.run(story.router, "ip address del 203.0.113.10/32 dev \(story.gatewayDevice)")
            for _ in 1...2 {
                let router = try #require(try inspect(node, desired).routers.first)
                #expect(
                    router.findings.map(\.description) == [
                        "address 203.0.113.10/32 on \(story.gatewayDevice): expected present, found missing"
                    ]
                )
                #expect(router.changes == ["add address 203.0.113.10/32 to \(story.gatewayDevice)"])
            }
        }
    }

    @Test func `an empty node is told to be built`() async throws {
        try await withNode { node in
            let inspection = try inspect(node, desired)
            let changes = try #require(inspection.routers.first).changes
            #expect(changes.prefix(2) == ["make the namespace", "mark the namespace as this node's"])
            #expect(changes.contains("make table sluice anew with 5 elements"))
            #expect(try !NetworkNamespace.names().contains(KernelNames.namespace(of: story.router)))
            #expect(inspection.verdict == .different)
            #expect(inspection.plan.contains("router \(story.router)\n  - make the namespace\n"))
            #expect(inspection.differences.contains("  - router: expected present, found missing\n"))
        }
    }

    @Test func `a router that nobody wants is told`() async throws {
        try await withNode { node in
            node.settle(story.desired())
            let inspection = try inspect(node, DesiredState())
            #expect(inspection.strays.contains(story.router) && inspection.verdict == .different)
            #expect(inspection.differences.contains("router \(story.router): nobody wants it here\n"))
        }
    }

    @Test func `what cannot be on the node is told`() async throws {
        try await withNode { node in
            try node.removeDevice("br-ex")
            _ = node.kernel.settle(story.desired([floating]))
            let router = try #require(try inspect(node, desired).routers.first)
            #expect(router.problems.contains { $0.contains("bridge br-ex is missing") })
            #expect(!router.isAsWanted)
        }
    }
}

@Suite struct InspectionVerdictTests {
    private func inspection(_ change: (inout NodeInspection.RouterInspection) -> Void) -> NodeInspection {
        var router = NodeInspection.RouterInspection(id: Samples.router)
        change(&router)
        return NodeInspection(node: "n", routers: [router])
    }

    @Test func `the end of the program says as wanted, not as wanted, or unknown`() {
        #expect(inspection { _ in }.verdict.rawValue == 0)
        #expect(inspection { $0.problems = ["no bridge"] }.verdict.rawValue == 1)
        #expect(inspection { $0.findings = [.nameMissing("x")] }.verdict.rawValue == 1)
        #expect(inspection { $0.failure = "no answer" }.verdict.rawValue == 2)
        #expect(NodeInspection(node: "n", strays: [Samples.router]).verdict.rawValue == 1)
        #expect(inspection { _ in }.differences == "node n: 1 router, all as wanted\n")
    }
}

@Suite struct DesiredStateReaderTests {
    private let plane = FakeControlPlane()
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")

    @Test func `everything is read once, and the control plane is told nothing`() async throws {
        plane.answerSubscriptions([Samples.router.description: [floating.wire]])
        try await plane.serve { client in
            async let read = DesiredStateReader(routers: client, addresses: client, node: AgentList.knownNode).read()
            try await eventually("routers are asked for") { plane.isAskedForRouters }
            plane.say(.upserted(Samples.specification.wire))
            plane.say(.synced(.with { $0.position = "p1" }))
            let state = try await read
            #expect(state.router(Samples.router) == Samples.desired(Samples.specification, floating))
            let record = plane.record
            #expect(record.registrations.isEmpty && record.heartbeats.isEmpty && record.routerReports.isEmpty)
        }
    }

    @Test func `a node that the control plane does not know is said so`() async throws {
        try await plane.serve { client in
            _ = await #expect(throws: InspectionError.nodeUnknown("elsewhere")) {
                try await DesiredStateReader(routers: client, addresses: client, node: "elsewhere").read()
            }
        }
    }
}
