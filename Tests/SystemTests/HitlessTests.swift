import Glibc
import Testing

@testable import Sluice

@Suite(.serialized, .wholeSystem) struct HitlessTests {
    @Test(.timeLimit(.minutes(4)))
    func `no death, restart or outage of a program loses a packet or a new connection`() async throws {
        try await SystemUnderTest.run { system in
            var traffic = try await SteadyTraffic(through: system)
            defer { traffic.close() }
            traffic.start()
            for disturbance in Disturbance.all {
                try await disturbance.happen(to: system)
                #expect(try await traffic.losses() == [], "\(disturbance)")
            }
            for flow in traffic.flows { print("  \(flow.summary)") }
            traffic.stop()
            try await seesALoss(of: &traffic, in: system)
        }
    }

    /// The control: with the router's table deleted by hand and the agent held, each kind of traffic tells a loss; the
    /// agent, let go, puts the table back, says so once and counts it.
    private func seesALoss(of traffic: inout SteadyTraffic, in system: SystemUnderTest) async throws {
        traffic.start()
        #expect(try await traffic.losses() == [])
        let repair = "router was changed by others and put right"
        #expect(system.log.lines(of: "agent", with: repair) == [], "nothing that happened was a repair")
        try system.demo.cluster.signal("agent", SIGSTOP)
        try await system.inRouter("nft", "delete", "table", "ip", "sluice")
        let flows = traffic.flows.filter(\.path.isTranslated)
        try? await system.eventually(within: .seconds(10)) {
            flows.allSatisfy { $0.hasFailed || ($0.kind == .datagrams && $0.missing(upTo: $0.sent) > 100) }
        }
        for flow in flows { #expect(flow.hasFailed || flow.missing(upTo: flow.sent) > 100, "\(flow.title)") }
        for flow in traffic.flows where !flow.path.isTranslated { #expect(!flow.hasFailed, "\(flow.title)") }
        traffic.stop()
        try system.demo.cluster.signal("agent", SIGCONT)
        try await traffic.waitUntilOpen()
        try await system.eventually { !system.log.lines(of: "agent", with: repair).isEmpty }
        let said = system.log.lines(of: "agent", with: repair)
        #expect(said.count == 1 && said[0].contains("table sluice: expected present, found missing"), "\(said)")
        #expect(try system.metricsText(of: "agent").contains("sluice_agent_repairs_total{kind=\"table\"} 1\n"))
    }
}

/// The same disturbances in random order for SOAK minutes; `SEED` repeats an order.
@Suite(.serialized, .wholeSystem, .enabled("run it by `make soak`") { getenv("SOAK") != nil })
struct HitlessSoakTests {
    @Test func `traffic outlives the disturbances in any order`() async throws {
        let minutes = try #require(getenv("SOAK").flatMap { Int(String(cString: $0)) }, "SOAK is a number of minutes")
        let seed = getenv("SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0 ... .max)
        print("  SEED=\(seed)")
        var order = SeededOrder(state: seed)
        try await SystemUnderTest.run { system in
            var traffic = try await SteadyTraffic(through: system)
            defer { traffic.close() }
            traffic.start()
            let end = ContinuousClock.now + .seconds(60 * minutes)
            while ContinuousClock.now < end {
                for disturbance in Disturbance.all.shuffled(using: &order) where ContinuousClock.now < end {
                    print("  \(disturbance)")
                    try await disturbance.happen(to: system)
                    let losses = try await traffic.losses()
                    try #require(losses == [], "\(disturbance), SEED=\(seed)")
                }
            }
            for flow in traffic.flows { print("  \(flow.summary)") }
        }
    }
}

/// SplitMix64: the same seed gives the same order everywhere.
private struct SeededOrder: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
