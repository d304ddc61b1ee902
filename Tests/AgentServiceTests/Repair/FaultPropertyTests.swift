import Addressing
import KernelTestSupport
import Netlink
import ResourceModel
import Synchronization
import Testing

@testable import AgentService

/// Random ways in the real kernel all end in what a fresh build of the last wish gives.
///
/// Whatever is wanted in between, and whatever goes wrong. The seed of a way is the argument of its test.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct FaultPropertyTests {
    private let router = RouterID.random()
    private let twin = RouterID.random()

    /// Runs a way on one node and compares its end with a fresh build on another.
    private func expectFreshState(
        seed: UInt64,
        steps: Int,
        _ step: (inout SplitMix, inout RouterKernel, ScratchNode, DesiredRouter) throws -> Void
    ) async throws {
        try await ScratchNode.with(routers: [router]) { node in
            var random = SplitMix(state: seed)
            var kernel = try node.restarted()
            var desired = DesiredRouter(id: router)
            for _ in 0..<steps {
                desired = .random(using: &random)
                desired.id = router
                try step(&random, &kernel, node, desired)
            }
            #expect(kernel.settle(desired).changes >= 0, "the last attempt, in which nothing goes wrong")
            let way = try listing(of: desired, on: node)
            try await ScratchNode.with(routers: [twin]) { other in
                var same = desired
                same.id = twin
                #expect(other.kernel.settle(same).changes >= 0)
                let fresh = try listing(of: same, on: other)
                #expect(way == fresh)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `any way leads to the listing of a fresh build`(seed: UInt64) async throws {
        try await expectFreshState(seed: seed, steps: 12) { _, kernel, _, desired in
            let outcome = kernel.settle(desired)
            #expect(outcome.changes >= 0, "\(outcome.complaint ?? "")")
        }
    }

    @Test(arguments: [11, 12, 13, 14, 15, 16, 17, 18] as [UInt64])
    func `a way on which writes fail, or their answers are lost, and agents die leads there too`(seed: UInt64)
        async throws
    {
        try await expectFreshState(seed: seed, steps: 15) { random, kernel, node, desired in
            let chance = RandomFaults(seed: random.next(), oneIn: Int.random(in: 2...6, using: &random))
            ExchangeFault.$next.withValue(chance.next) {
                for _ in 0..<3 where !kernel.settle(desired).isComplete {}
            }
            // Whoever comes after a crash knows nothing of what was done.
            if Int.random(in: 0..<3, using: &random) == 0 { kernel = try node.restarted() }
        }
    }

    /// All that the kernel lists of a router: as the agent reads it, and as tools show it.
    private func listing(of desired: DesiredRouter, on node: ScratchNode) throws -> Listing {
        let (observed, plan) = try node.restarted().compare(desired)
        #expect(Finding.all(in: observed, against: plan) == [])
        guard var observed else { return Listing() }
        // Once set it stays; nothing asks for its old value.
        observed.parameters[.ipv6Forwarding] = nil
        return Listing(
            observed: observed,
            addresses: try lines(node.run(desired.id, "ip -o address show scope global | cut -d' ' -f2-"), " "),
            routes: try lines(node.run(desired.id, "ip route show table all; ip rule show"), " "),
            proxies: try lines(node.run(desired.id, "ip -6 neigh show proxy"), " "),
            ruleset: try lines(node.run(desired.id, "nft list ruleset"), ",{}")
        )
    }

    private struct Listing: Equatable {
        var observed: ObservedRouter?
        var addresses: [String] = []
        var routes: [String] = []
        var proxies: [String] = []
        var ruleset: [String] = []
    }

    /// The lines of a listing in an order of their own: the kernel's is by time, or by chance.
    private func lines(_ text: String, _ separators: String) -> [String] {
        let parts = text.split(whereSeparator: { $0.isNewline || (separators != " " && separators.contains($0)) })
        return parts.map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }.sorted()
    }
}

/// Faults by chance, in a sequence that a seed decides.
private final class RandomFaults: Sendable {
    private let random: Mutex<SplitMix>
    private let parts: Int

    init(seed: UInt64, oneIn parts: Int) {
        random = Mutex(SplitMix(state: seed))
        self.parts = parts
    }

    var next: @Sendable () -> ExchangeFault? {
        {
            self.random.withLock { random in
                guard Int.random(in: 0..<self.parts, using: &random) == 0 else { return nil }
                return ExchangeFault.allCases.randomElement(using: &random)
            }
        }
    }
}
