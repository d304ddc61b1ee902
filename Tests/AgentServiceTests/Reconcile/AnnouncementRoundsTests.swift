import Addressing
import Netlink
import Testing

@testable import AgentService

@Suite struct AnnouncementRoundsTests {
    private let start = ContinuousClock.now
    private let address = AnnouncedAddress(
        interface: 3,
        mac: Samples.mac(1),
        address: Samples.ip("203.0.113.10")
    )

    private func due(_ rounds: inout AnnouncementRounds<Int>, _ now: ContinuousClock.Instant) -> [Int] {
        guard case .ready(let entries?) = rounds.next(at: now, atMost: 32) else { return [] }
        return entries.map(\.router)
    }

    @Test func `an address is announced three times, two seconds apart`() {
        var rounds = AnnouncementRounds<Int>()
        #expect(rounds.add([address], of: 1, at: start) == true)
        #expect(due(&rounds, start) == [1])
        #expect(due(&rounds, start + .seconds(1)) == [])
        #expect(due(&rounds, start + .seconds(2)) == [1])
        #expect(due(&rounds, start + .seconds(4)) == [1])
        #expect(due(&rounds, start + .seconds(60)) == [])
    }

    @Test func `a later address does not wait behind an earlier one's next round`() {
        var rounds = AnnouncementRounds<Int>()
        _ = rounds.add([address], of: 1, at: start)
        _ = due(&rounds, start)
        _ = rounds.add([address], of: 2, at: start + .seconds(1))
        #expect(due(&rounds, start + .seconds(1)) == [2])
    }

    @Test func `an address that left its router is announced no more, as another may have it`() {
        var rounds = AnnouncementRounds<Int>()
        _ = rounds.add([address], of: 1, at: start)
        #expect(due(&rounds, start) == [1])
        rounds.withdraw([address.address], of: 1)
        #expect(due(&rounds, start + .seconds(2)) == [])
    }

    @Test func `an address that came back is announced three times from then on`() {
        var rounds = AnnouncementRounds<Int>()
        _ = rounds.add([address], of: 1, at: start)
        _ = due(&rounds, start)
        _ = rounds.add([address], of: 1, at: start + .seconds(1))
        #expect(due(&rounds, start + .seconds(1)) == [1])
        #expect(due(&rounds, start + .seconds(2)) == [])
        #expect(due(&rounds, start + .seconds(3)) == [1])
        #expect(due(&rounds, start + .seconds(5)) == [1])
        #expect(due(&rounds, start + .seconds(60)) == [])
    }

    @Test func `what receivers were too slow for is tried once more before the next round`() {
        var rounds = AnnouncementRounds<Int>()
        _ = rounds.add([address], of: 1, at: start)
        guard case .ready(let late?) = rounds.next(at: start, atMost: 32) else {
            Issue.record("nothing due")
            return
        }
        rounds.repeatSoon(late, restingFor: .zero, at: start)
        #expect(due(&rounds, start + .milliseconds(200)) == [1])
        #expect(due(&rounds, start + .seconds(1)) == [])
        #expect(due(&rounds, start + .seconds(2)) == [1])
    }

    @Test func `many addresses come in portions, with the rest that was asked for between them`() {
        var rounds = AnnouncementRounds<Int>()
        for number in 0..<40 { _ = rounds.add([address], of: number, at: start) }
        #expect(due(&rounds, start).count == 32)
        rounds.repeatSoon([], restingFor: .milliseconds(5), at: start)
        #expect(due(&rounds, start + .milliseconds(4)) == [])
        #expect(due(&rounds, start + .milliseconds(5)).count == 8)
    }

    @Test func `after the end nothing is announced`() {
        var rounds = AnnouncementRounds<Int>()
        _ = rounds.add([address], of: 1, at: start)
        rounds.close()
        guard case .ready(nil) = rounds.next(at: start, atMost: 32) else {
            Issue.record("not closed")
            return
        }
    }
}
