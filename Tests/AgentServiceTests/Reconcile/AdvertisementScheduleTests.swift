import Addressing
import Netlink
import Testing

@testable import AgentService

@Suite struct AdvertisementScheduleTests {
    typealias Schedule = AdvertisementSchedule<Int>

    private let start = ContinuousClock.now
    private let host = IPv6Address(high: 0xfe80 << 48, low: 9)

    private func device(_ name: String = "qr-1", _ change: (inout RouterAdvertisement) -> Void = { _ in })
        -> AdvertisedDevice
    {
        var content = RouterAdvertisement(mac: Samples.mac(1), routerLifetime: 9000)
        change(&content)
        let source = IPv6Address(high: 0xfe80 << 48, low: 1)
        return AdvertisedDevice(
            name: name,
            interface: name == "qr-1" ? 2 : 3,
            plan: AdvertisementPlan(source: source, content: content)
        )
    }

    /// A schedule with one router that has told its first three.
    private func settled(_ devices: AdvertisedDevice...) -> (schedule: Schedule, now: ContinuousClock.Instant) {
        var schedule = Schedule(random: SplitMix(state: 1))
        _ = schedule.set(devices, of: 1, at: start)
        for second in [0, 4, 8] { _ = schedule.take(at: start + .seconds(second)) }
        return (schedule, start + .seconds(8))
    }

    private func solicitation(from source: IPv6Address?) throws -> RouterSolicitation {
        let message: [UInt8] = [133, 0, 0, 0, 0, 0, 0, 0]
        return try #require(RouterSolicitation(message: message, from: source ?? .any, hopLimit: 255))
    }

    @Test func `the first three follow one another quickly, later ones after half a minute and more`() {
        var schedule = Schedule(random: SplitMix(state: 1))
        let hasNews = schedule.set([device()], of: 1, at: start)
        #expect(hasNews)
        for second in [0, 4, 8] {
            #expect(schedule.take(at: start + .seconds(second) - .milliseconds(1)).due.isEmpty)
            #expect(schedule.take(at: start + .seconds(second)).due.map(\.receiver) == [nil])
        }
        var now = start + .seconds(8)
        for _ in 0..<50 {
            guard let next = schedule.take(at: now).next else { return #expect(Bool(false), "nothing more") }
            #expect((30...100).contains((next - now) / .seconds(1)))
            #expect(schedule.take(at: next).due.count == 1)
            now = next
        }
    }

    @Test func `who asks is answered by one of his own within half a second`() throws {
        var (schedule, now) = settled(device())
        now += .seconds(20)
        schedule.answer(try solicitation(from: host), on: 2, of: 1, at: now)
        // He asks again before he is answered.
        schedule.answer(try solicitation(from: host), on: 2, of: 1, at: now)
        #expect(schedule.take(at: now + .milliseconds(500)).due.map(\.receiver) == [host])
        #expect(schedule.take(at: now + .seconds(1)).due == [])
    }

    @Test func `who has no address, or no neighbour's, is answered by one to all`() throws {
        for source in [nil, IPv6Address(high: 0x2001_0db8 << 32, low: 9)] {
            var (schedule, now) = settled(device())
            now += .seconds(20)
            schedule.answer(try solicitation(from: source), on: 2, of: 1, at: now)
            #expect(schedule.take(at: now + .milliseconds(500)).due.map(\.receiver) == [nil])
        }
    }

    @Test func `between two to all there are three seconds, however many ask`() throws {
        var (schedule, now) = settled(device())
        for _ in 0..<100 { schedule.answer(try solicitation(from: nil), on: 2, of: 1, at: now + .milliseconds(10)) }
        #expect(schedule.take(at: now + .milliseconds(2999)).due == [])
        #expect(schedule.take(at: now + .milliseconds(3000)).due.count == 1)
        schedule.answer(try solicitation(from: nil), on: 2, of: 1, at: now + .milliseconds(3001))
        now += .milliseconds(3000)
        #expect(schedule.take(at: now + .milliseconds(2999)).due == [])
    }

    @Test func `a crowd is answered all at once`() throws {
        var (schedule, now) = settled(device())
        now += .seconds(20)
        for number in 1...40 as ClosedRange<UInt64> {
            let source = IPv6Address(high: 0xfe80 << 48, low: number)
            schedule.answer(try solicitation(from: source), on: 2, of: 1, at: now)
        }
        var receivers: [IPv6Address?] = []
        for time in 0...500 { receivers += schedule.take(at: now + .milliseconds(time)).due.map(\.receiver) }
        #expect(receivers.count { $0 == nil } == 1)
        #expect(receivers.count <= 17)
    }

    @Test func `a question on another device, or to a router that says nothing, has no answer`() throws {
        var (schedule, now) = settled(device())
        now += .seconds(1)
        schedule.answer(try solicitation(from: host), on: 7, of: 1, at: now)
        schedule.answer(try solicitation(from: host), on: 2, of: 2, at: now)
        #expect(schedule.take(at: now + .milliseconds(500)).due == [])
    }

    @Test func `the same again is no news, what changed is told three times, with what it ends`() {
        let server = IPv6Address(high: 0x2001_0db8 << 32, low: 0x53)
        let network = Samples.cidr("2001:db8:1::/64")
        let before = device {
            $0.nameServers = [.init(server, lifetime: 9000)]
            $0.prefixes = [.init(network, isAutonomous: true, validLifetime: 86400, preferredLifetime: 14400)]
        }
        var (schedule, now) = settled(before)
        #expect(schedule.set([before], of: 1, at: now) == false)
        now += .seconds(10)
        #expect(schedule.set([device()], of: 1, at: now) == true)
        for second in [0, 4, 8] {
            let content = schedule.take(at: now + .seconds(second)).due.first?.advertisement.content
            #expect(content?.nameServers == [.init(server, lifetime: 0)])
            #expect(content?.prefixes.map(\.network) == [network])
            #expect(content?.prefixes.map(\.preferredLifetime) == [0] && content?.prefixes.map(\.isOnLink) == [false])
        }
        let content = schedule.take(at: now + .seconds(120)).due.first?.advertisement.content
        #expect(content == device().plan.content)
    }

    @Test func `a change right after an advertisement waits three seconds`() {
        var (schedule, now) = settled(device())
        now += .seconds(1)
        #expect(schedule.set([device { $0.mtu = 1400 }], of: 1, at: now) == true)
        #expect(schedule.take(at: now + .milliseconds(1999)).due == [])
        #expect(schedule.take(at: now + .seconds(2)).due.count == 1)
    }

    @Test func `what ends is returned for its farewell and said no more`() {
        var (schedule, now) = settled(device("qr-1"), device("qr-2"))
        let taken = schedule.take(at: now + .seconds(200)).due
        #expect(taken.count == 2 && taken.allSatisfy(schedule.holds))
        #expect(schedule.end(of: 1, sparing: ["qr-2"]) == [device("qr-1")])
        #expect(taken.filter(schedule.holds).map(\.device) == ["qr-2"])
        now += .seconds(400)
        #expect(schedule.take(at: now).due.map(\.device) == ["qr-2"])
        #expect(schedule.end(of: 1, sparing: []) == [device("qr-2")])
        #expect(schedule.take(at: now + .seconds(200)).next == nil)
    }

    @Test func `one that could not be sent is tried again soon`() {
        var (schedule, now) = settled(device())
        now += .seconds(200)
        for entry in schedule.take(at: now).due { schedule.failed(entry, at: now) }
        #expect(schedule.take(at: now + .seconds(4)).due.count == 1)
    }
}
