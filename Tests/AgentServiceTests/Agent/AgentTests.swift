import Addressing
import Contracts
import GRPCCore
import KernelTestSupport
import Netlink
import ResourceModel
import ServiceLifecycle
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import AgentService

/// The whole agent: a control plane in this process on one side, the kernel on the other.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct AgentTests {
    private let story = Story()
    private let plane = FakeControlPlane()
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
    private let floatingIP = Samples.ip("203.0.113.10")

    /// Runs an agent on a node while `body` runs, then ends it as a signal would.
    private func withAgent(
        on node: ScratchNode,
        _ body: @escaping @Sendable (RouterKernel) async throws -> Void
    ) async throws {
        try await plane.serve { client in
            let agent = Agent(
                configuration: try .init(node: node),
                host: try NodeHost(namespace: node.node.name),
                routers: client,
                addresses: client,
                health: HealthReporter(),
                logger: silentLogger
            )
            let group = ServiceGroup(
                configuration: .init(services: agent.services.map { .init(service: $0) }, logger: silentLogger)
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                do {
                    try await body(agent.kernel)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    private func withNode(_ body: @escaping @Sendable (ScratchNode) async throws -> Void) async throws {
        try await ScratchNode.with(routers: [story.router], body)
    }

    private func tell(_ specification: RouterSpecification) { plane.say(.upserted(specification.wire)) }

    private func position(_ text: String) -> L3_Agent_V1_Position { .with { $0.position = text } }

    /// A snapshot with the story's router and its floating IP.
    private func tellAll() async throws {
        plane.answerSubscriptions([story.router.description: [floating.wire]])
        try await eventually("the control plane is watched") { plane.isWatched }
        tell(story.specification)
        plane.say(.synced(position("p1")))
    }

    private func isActive(_ id: String, _ reports: [L3_Agent_V1_ObjectStatus]) -> Bool {
        reports.last { $0.id == id }?.state == .active
    }

    @Test func `what the control plane tells is in the kernel and is reported active`() async throws {
        try await withNode { node in
            try await withAgent(on: node) { _ in
                try await tellAll()
                try await eventually("the router and its address are active") {
                    isActive(story.router.description, plane.record.routerReports)
                        && isActive(floating.id.description, plane.record.addressReports)
                }
                _ = try node.vm("red10", on: story.red, "10.1.0.10/24", gateway: "10.1.0.1")
                #expect(node.outside.pings(floatingIP))
            }
            // The end of the agent changes nothing.
            #expect(node.outside.pings(floatingIP))
            #expect(try node.restarted().settle(story.desired([floating])).changes == 0)
        }
    }

    @Test func `nothing is written before the streams are complete`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            try await withAgent(on: node) { kernel in
                try await eventually("the control plane is watched") { plane.isWatched }
                // Without the floating IP so far: an agent that acted now would cut it off.
                tell(story.specification)
                plane.say(.synced(position("p1")))
                try await eventually("the addresses are asked for") { !plane.record.subscriptions.isEmpty }
                #expect(kernel.changesMade == 0)
                plane.say(.upserted(floating.wire), of: story.router.description)
                plane.say(.synced(position("a1")), of: story.router.description)
                try await eventually("the router is active") {
                    isActive(story.router.description, plane.record.routerReports)
                }
                #expect(kernel.changesMade == 0)
            }
        }
    }

    @Test func `a restarted agent reports everything and writes nothing`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            try await withAgent(on: node) { kernel in
                try await tellAll()
                try await eventually("the router and its address are active") {
                    isActive(story.router.description, plane.record.routerReports)
                        && isActive(floating.id.description, plane.record.addressReports)
                }
                #expect(kernel.changesMade == 0)
            }
        }
    }

    @Test func `a router that nobody wants any more is removed at the first complete snapshot`() async throws {
        try await withNode { node in
            node.settle(story.desired([floating]))
            try await withAgent(on: node) { _ in
                try await eventually("the control plane is watched") { plane.isWatched }
                plane.say(.synced(position("p1")))
                try await eventually("the namespace is gone") {
                    try !NetworkNamespace.names().contains(KernelNames.namespace(of: story.router))
                }
                try await eventually("its bridges are gone") {
                    try node.node.withRoute { (route) throws(NetlinkError) in
                        try route.link(named: KernelNames.bridge(of: story.red)) == nil
                    }
                }
            }
        }
    }

    @Test func `losing the control plane changes nothing, and its return brings the news`() async throws {
        try await withNode { node in
            try await withAgent(on: node) { kernel in
                try await tellAll()
                try await eventually("the address is active") {
                    isActive(floating.id.description, plane.record.addressReports)
                }
                let changes = kernel.changesMade
                plane.answerSubscriptions([story.router.description: []])
                plane.endRouters(RPCError(code: .unavailable, message: "away"))
                plane.endAddresses(RPCError(code: .unavailable, message: "away"))
                _ = try node.vm("red10", on: story.red, "10.1.0.10/24", gateway: "10.1.0.1")
                #expect(node.outside.pings(floatingIP))
                #expect(kernel.changesMade >= changes)
                try await eventually("the address, not named any more, is reported removed") {
                    plane.record.addressReports.last { $0.id == floating.id.description }?.state == .removed
                }
                #expect(!node.outside.reaches(over: .tcp, floatingIP, port: 7))
            }
        }
    }

    @Test func `reports that were not taken are sent again`() async throws {
        try await withNode { node in
            plane.failReports(2)
            try await withAgent(on: node) { _ in
                try await tellAll()
                try await eventually("the router and its address are active") {
                    isActive(story.router.description, plane.record.routerReports)
                        && isActive(floating.id.description, plane.record.addressReports)
                }
            }
        }
    }

    @Test func `a router moved away is taken out and reported removed`() async throws {
        try await withNode { node in
            try await withAgent(on: node) { _ in
                try await tellAll()
                try await eventually("the router is active") {
                    isActive(story.router.description, plane.record.routerReports)
                }
                plane.say(
                    .deleted(
                        .with {
                            $0.id = story.router.description
                            $0.revisionNumber = 2
                        }
                    )
                )
                try await eventually("it is reported removed") {
                    plane.record.routerReports.last { $0.id == story.router.description }?.state == .removed
                }
                #expect(try !NetworkNamespace.names().contains(KernelNames.namespace(of: story.router)))
                #expect(plane.record.subscriptions.last == "-\(story.router)")
            }
        }
    }

    @Test func `a missing bridge is reported with what to do, and active once it is there`() async throws {
        try await withNode { node in
            try node.removeDevice("br-ex")
            try await withAgent(on: node) { _ in
                try await tellAll()
                try await eventually("the router has failed") {
                    plane.record.routerReports.last?.reason.contains("bridge br-ex is missing") == true
                }
                try node.makeBridge("br-ex")
                try await eventually("the router is active") {
                    isActive(story.router.description, plane.record.routerReports)
                }
            }
        }
    }
}
