import Testing

@testable import AgentService

@Suite struct AnnouncementRoundsTests {
    private let start = ContinuousClock.now
    private let address = DeviceAddress(device: "qg-1", address: Samples.ip("203.0.113.10"))

    private func due(_ rounds: inout AnnouncementRounds<Int>, _ now: ContinuousClock.Instant) -> [Int] {
        guard case .ready(let entries?) = rounds.next(at: now) else { return [] }
        return entries.map(\.router)
    }

    @Test func `an address is announced three times, two seconds apart`() {
        var rounds = AnnouncementRounds<Int>()
        rounds.add([.init(router: 1, address: address)], at: start)
        #expect(due(&rounds, start) == [1])
        #expect(due(&rounds, start + .seconds(1)) == [])
        #expect(due(&rounds, start + .seconds(2)) == [1])
        #expect(due(&rounds, start + .seconds(4)) == [1])
        #expect(due(&rounds, start + .seconds(60)) == [])
    }

    @Test func `a later address does not wait behind an earlier one's next round`() {
        var rounds = AnnouncementRounds<Int>()
        rounds.add([.init(router: 1, address: address)], at: start)
        _ = due(&rounds, start)
        rounds.add([.init(router: 2, address: address)], at: start + .seconds(1))
        #expect(due(&rounds, start + .seconds(1)) == [2])
    }

    @Test func `after the end nothing is announced`() {
        var rounds = AnnouncementRounds<Int>()
        rounds.add([.init(router: 1, address: address)], at: start)
        rounds.close()
        guard case .ready(nil) = rounds.next(at: start) else {
            Issue.record("not closed")
            return
        }
    }
}
