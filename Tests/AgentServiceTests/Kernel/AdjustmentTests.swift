import Addressing
import KernelTestSupport
import Netlink
import ResourceModel
import Testing

@testable import AgentService

/// Single floating IPs changed in the kernel from what the agent remembers.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct AdjustmentTests {
    private let story = Story()
    private let first = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
    private let second = Samples.floating(2, "203.0.113.11", to: "10.1.0.10")

    private func withNode(_ body: (ScratchNode) async throws -> Void) async throws {
        try await ScratchNode.with(routers: [story.router], body)
    }

    private func adjust(_ node: ScratchNode, _ before: FloatingAddress?, _ after: FloatingAddress?) -> Bool {
        let id = before?.id ?? after?.id ?? .random()
        let change = AddressChange(before: before, after: after)
        return node.kernel.adjust(AddressAdjustment(router: story.router, changes: AddressChanges(change, of: id)))
            .isDone
    }

    /// Whether a reading of the whole finds the kernel as it is wanted.
    private func isSettled(_ node: ScratchNode, _ addresses: FloatingAddress...) throws -> Bool {
        try node.restarted().settle(story.desired(addresses)).changes == 0
    }

    @Test func `a floating IP comes, moves and goes by itself`() async throws {
        try await withNode { node in
            node.settle(story.desired())
            let red = try node.vm("red10", on: story.red, "10.1.0.10/24", gateway: "10.1.0.1")
            let blue = try node.vm("blue", on: story.blue, "10.2.0.10/24", gateway: "10.2.0.1")
            _ = (red, blue)
            #expect(adjust(node, nil, first))
            #expect(node.outside.pings(.v4(first.address)))
            #expect(try isSettled(node, first))
            var moved = first
            moved.use = .fixed(Samples.address("10.2.0.10"))
            #expect(adjust(node, first, moved))
            #expect(node.outside.pings(.v4(first.address)))
            #expect(try isSettled(node, moved))
            #expect(adjust(node, moved, nil))
            #expect(!node.outside.pings(.v4(first.address)))
            #expect(try isSettled(node))
        }
    }

    @Test func `before the router was settled nothing is adjusted`() async throws {
        try await withNode { node in
            #expect(!adjust(node, nil, first))
            let names = try NetworkNamespace.names()
            #expect(!names.contains(KernelNames.namespace(of: story.router)))
        }
    }

    @Test func `a table that someone else changed is read before it is changed again`() async throws {
        try await withNode { node in
            node.settle(story.desired([first]))
            _ = try node.run(story.router, "nft flush map ip sluice fip_dnat")
            #expect(!adjust(node, first, nil))
            let outcome = node.kernel.settle(story.desired(), trustingMemory: true)
            #expect(outcome.complaint == nil)
            #expect(try isSettled(node))
        }
    }

    @Test func `a router that is settled from memory is right though its table was flushed`() async throws {
        try await withNode { node in
            node.settle(story.desired([first]))
            _ = try node.run(story.router, "nft flush ruleset")
            let outcome = node.kernel.settle(story.desired([first, second]), trustingMemory: true)
            #expect(outcome.complaint == nil)
            let wanted = story.desired([first, second])
            #expect(try node.restarted().settle(wanted).changes == 0)
        }
    }

    @Test func `where there is doubt the whole is read`() async throws {
        try await withNode { node in
            node.settle(story.desired([first]))
            _ = try node.run(story.router, "ip address del 203.0.113.10/32 dev", story.gatewayDevice)
            node.kernel.doubt(story.router)
            #expect(!adjust(node, first, nil))
            #expect(node.kernel.settle(story.desired([first]), trustingMemory: true).changes == 1)
            #expect(try isSettled(node, first))
        }
    }

    @Test func `a router that is not as wanted is not adjusted`() async throws {
        try await withNode { node in
            try node.removeDevice("br-ex")
            _ = node.kernel.settle(story.desired())
            #expect(!adjust(node, nil, first))
        }
    }

    @Test func `two of one fixed address are left to a settling of the whole, and one of them can go`() async throws {
        try await withNode { node in
            node.settle(story.desired([first]))
            #expect(!adjust(node, nil, second))
            node.settle(story.desired([first, second]))
            #expect(!adjust(node, first, nil))
            node.settle(story.desired([second]))
            let isRight = try isSettled(node, second)
            #expect(isRight)
            #expect(adjust(node, second, nil))
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `any sequence of changes from memory leads the kernel to what is wanted`(seed: UInt64) async throws {
        let router = RouterID.random()
        try await ScratchNode.with(routers: [router]) { node in
            var random = SplitMix(state: seed)
            for _ in 0..<20 {
                var desired = DesiredRouter.random(using: &random)
                desired.id = router
                let outcome = node.kernel.settle(desired, trustingMemory: true)
                let again = try node.restarted().settle(desired)
                #expect(again.changes == 0 && again.complaint == outcome.complaint)
            }
        }
    }
}
