import Addressing
import KernelTestSupport
import Netlink
import ResourceModel
import Synchronization
import Testing

@testable import AgentService

/// Random ways in the real kernel all end in what a fresh build of the last wish gives.
///
/// Whatever is wanted in between, and whatever goes wrong. The seed of a way is the argument of its test; `SEEDS=200`
/// goes that many ways instead of a few.
@Suite(.needsKernel, .tags(.kernel), .serialized) struct FaultPropertyTests {
    private let router = RouterID.random()
    private let twin = RouterID.random()

    /// Where a way has led so far.
    private struct Way {
        var random: SplitMix
        let node: ScratchNode
        var kernel: RouterKernel
        var desired: DesiredRouter
    }

    /// Runs a way on one node and compares its end with a fresh build on another.
    private func expectFreshState(seed: UInt64, steps: Int, _ step: (inout Way) throws -> Void) async throws {
        try await ScratchNode.with(routers: [router]) { node in
            var way = Way(
                random: SplitMix(state: seed),
                node: node,
                kernel: try node.restarted(),
                desired: DesiredRouter(id: router)
            )
            for _ in 0..<steps {
                way.desired = .random(using: &way.random)
                way.desired.id = router
                try step(&way)
            }
            #expect(way.kernel.settle(way.desired).changes >= 0, "the last attempt, in which nothing goes wrong")
            let end = try listing(of: way.desired, on: node)
            try await ScratchNode.with(routers: [twin]) { other in
                var same = way.desired
                same.id = twin
                #expect(other.kernel.settle(same).changes >= 0)
                let fresh = try listing(of: same, on: other)
                #expect(end == fresh)
            }
        }
    }

    @Test(arguments: seeds(4))
    func `any way leads to the listing of a fresh build`(seed: UInt64) async throws {
        try await expectFreshState(seed: seed, steps: 12) { way in
            let outcome = way.kernel.settle(way.desired, trustingMemory: way.random.chance(2))
            #expect(outcome.changes >= 0, "\(outcome.complaint ?? "")")
            for _ in 0..<3 { try adjust(&way) }
        }
    }

    @Test(arguments: seeds(4))
    func `a way on which others meddle leads there too`(seed: UInt64) async throws {
        try await expectFreshState(seed: seed + 1000, steps: 10) { way in
            #expect(way.kernel.settle(way.desired).changes >= 0)
            for _ in 0..<2 { try meddle(&way) }
            let outcome = way.kernel.verify(way.desired)
            #expect(outcome.changes >= 0, "\(outcome.complaint ?? "")")
            #expect(try way.node.restarted().settle(way.desired).changes == 0)
        }
    }

    @Test(arguments: seeds(8))
    func `a way on which writes fail, or their answers are lost, and agents die leads there too`(seed: UInt64)
        async throws
    {
        try await expectFreshState(seed: seed + 10, steps: 15) { way in
            let chance = RandomFaults(
                seed: way.random.next(),
                oneIn: Int.random(in: 2...6, using: &way.random)
            )
            try ExchangeFault.$next.withValue(chance.next) {
                for _ in 0..<3 where !way.kernel.settle(way.desired, trustingMemory: true).isComplete {}
                try adjust(&way)
            }
            // Whoever comes after a crash knows nothing of what was done.
            if way.random.chance(3) { way.kernel = try way.node.restarted() }
        }
    }

    /// Changes up to three floating IPs by themselves, or settles the whole where that cannot be.
    private func adjust(_ way: inout Way) throws {
        guard way.desired.isWanted else { return }
        func change() -> (FloatingIPID, AddressChange) {
            let floating = FloatingAddress.random(.random(in: 1...7, using: &way.random), using: &way.random)
            let before = way.desired.addresses[floating.id]
            return (floating.id, AddressChange(before: before, after: way.random.chance(3) ? nil : floating))
        }
        let (id, first) = change()
        var changes = AddressChanges(first, of: id)
        for _ in 0..<Int.random(in: 0...2, using: &way.random) {
            let (id, more) = change()
            changes.add(more, of: id)
        }
        let adjustment = AddressAdjustment(router: router, changes: changes)
        way.desired = way.desired.adjusted(by: adjustment)
        if !way.kernel.adjust(adjustment).isDone { _ = way.kernel.settle(way.desired, trustingMemory: true) }
    }

    /// Does what someone else might, if what it needs is there.
    private func meddle(_ way: inout Way) throws {
        guard let device = way.desired.specification.flatMap({ devices(of: $0).randomElement(using: &way.random) })
        else { return }
        let commands = [
            "nft flush ruleset", "nft delete table ip sluice", "nft flush map ip sluice fip_dnat",
            "nft flush chain ip sluice prerouting", "nft delete chain ip sluice gateway_exits",
            "nft flush chain ip sluice ct_helpers", "nft add element ip sluice fip_snat { 10.9.9.9 : 203.0.113.99 }",
            "ip route flush proto 83", "ip -6 route flush proto 83", "ip route flush table 8301",
            "ip rule del priority 16601", "ip rule del priority 16604", "ip route add 192.0.2.128/25 dev DEV proto 83",
            "ip address flush dev DEV", "ip -6 address flush dev DEV", "ip address add 192.0.2.99/24 dev DEV",
            "ip link set DEV down", "ip link set DEV mtu 1300", "ip link set DEV address 02:00:00:00:00:01",
            "ip link del DEV", "ip -6 neigh del proxy 2001:db8::10 dev DEV",
            "ip -6 neigh add proxy 2001:db8::99 dev DEV", "sysctl -q -w net.ipv6.conf.DEV.proxy_ndp=1",
            "sysctl -q -w net.ipv4.conf.DEV.arp_ignore=2", "sysctl -q -w net.ipv4.ip_forward=0", "ip link set lo down",
        ]
        guard way.desired.isWanted, let command = commands.randomElement(using: &way.random) else { return }
        _ = try way.node.run(router, "\(command.replacing("DEV", with: device)) 2>/dev/null || true")
    }

    private func devices(of specification: RouterSpecification) -> [String] {
        specification.gateways.map { KernelNames.gatewayDevice($0.port.id) }
            + specification.interfaces.map { KernelNames.internalDevice($0.id) }
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
            addresses: try lines(node.run(desired.id, "ip -o address show | cut -d' ' -f2-"), " "),
            routes: try lines(node.run(desired.id, "ip route show table all; ip -6 route show; ip rule show"), " "),
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

/// The seeds of a property: a few as a rule, more where someone has the time.
func seeds(_ usual: UInt64) -> ClosedRange<UInt64> {
    1...max(usual, KernelTools.environment("SEEDS").flatMap(UInt64.init) ?? usual)
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
                guard random.chance(self.parts) else { return nil }
                return ExchangeFault.allCases.randomElement(using: &random)
            }
        }
    }
}
