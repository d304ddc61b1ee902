import NIOCore
import Testing

@testable import HTTP2Transport

@Suite struct ConnectionClockTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func rhythm(
        interval: Duration? = .seconds(10),
        permitWithoutCalls: Bool = true,
        idle: Duration? = nil,
        age: Duration? = nil
    ) -> ConnectionClock.Rhythm {
        ConnectionClock.Rhythm(
            keepAlive: KeepAliveConfiguration(
                interval: interval,
                timeout: .seconds(3),
                permitWithoutCalls: permitWithoutCalls
            ),
            idleTimeout: idle,
            maxAge: age,
            handshakeTimeout: .seconds(2),
            gracePeriod: .seconds(5)
        )
    }

    private func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    @Test func `a handshake that takes too long ends the connection`() {
        var clock = ConnectionClock(rhythm(), now: start)
        #expect(clock.next == at(2))
        check(clock.due(at(1)), is: [])
        check(clock.due(at(2)), is: [.giveUp("handshake took too long")])
    }

    @Test func `a silent peer is asked, and given up when it does not answer`() {
        var clock = ConnectionClock(rhythm(), now: start)
        check(clock.handshakeEnded(), is: true)
        #expect(clock.next == at(10))
        check(clock.due(at(10)), is: [.ping])
        #expect(clock.next == at(13))
        check(clock.due(at(13)), is: [.giveUp("peer is silent")])
    }

    @Test func `any sign of life puts the question off`() {
        var clock = ConnectionClock(rhythm(), now: start)
        check(clock.handshakeEnded(), is: true)
        check(clock.due(at(10)), is: [.ping])
        check(clock.read(at(11)), is: true)
        check(clock.due(at(13)), is: [])
        #expect(clock.next == at(21))
    }

    @Test func `without calls nobody is asked unless that is permitted`() {
        var clock = ConnectionClock(rhythm(permitWithoutCalls: false), now: start)
        check(clock.handshakeEnded(), is: true)
        #expect(clock.next == nil)
        clock.callsChanged(to: 1, at(5))
        check(clock.due(at(10)), is: [.ping])
    }

    @Test func `an idle connection is drained, one in use is not`() {
        var clock = ConnectionClock(rhythm(interval: nil, idle: .seconds(20)), now: start)
        check(clock.handshakeEnded(), is: true)
        clock.callsChanged(to: 1, at(1))
        check(clock.due(at(30)), is: [])
        clock.callsChanged(to: 0, at(31))
        check(clock.due(at(50)), is: [])
        check(clock.due(at(51)), is: [.drain("connection is idle")])
    }

    @Test func `an old connection is drained`() {
        var clock = ConnectionClock(rhythm(interval: nil, age: .seconds(60)), now: start)
        check(clock.handshakeEnded(), is: true)
        #expect(clock.next == at(60))
        check(clock.due(at(60)), is: [.drain("connection is old")])
    }

    @Test func `a drain refuses calls when heard of or after a while, and cuts off in the end`() {
        var clock = ConnectionClock(rhythm(interval: nil), now: start)
        check(clock.handshakeEnded(), is: true)
        check(clock.beginDrain(at(100)), is: true)
        check(clock.beginDrain(at(100)), is: false)
        check(clock.due(at(101)), is: [.refuse])
        check(clock.drainHeard(), is: false)
        #expect(clock.next == at(105))
        check(clock.due(at(105)), is: [.cutOff])
        #expect(clock.next == nil)
    }
}

@Suite struct PeerConductTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func verdicts(
        _ count: Int,
        every step: TimeAmount,
        _ judge: (inout PeerConduct, NIODeadline) -> PeerConduct.Verdict
    ) -> [PeerConduct.Verdict] {
        var conduct = PeerConduct(PeerConductLimits(), now: start)
        return (0..<count).map { number in judge(&conduct, start + .nanoseconds(step.nanoseconds * Int64(number))) }
    }

    @Test func `hasty pings are struck, then punished`() {
        let verdicts = verdicts(4, every: .seconds(1)) { $0.ping($1) }
        #expect(verdicts == [.fine, .fine, .fine, .tooMuch("too_many_pings")])
    }

    @Test func `patient pings are fine`() {
        #expect(verdicts(10, every: .seconds(6)) { $0.ping($1) }.allSatisfy { $0 == .fine })
    }

    @Test func `pings between our messages are forgiven`() {
        let verdicts = verdicts(50, every: .milliseconds(10)) { conduct, now in
            conduct.sentData()
            return conduct.ping(now)
        }
        #expect(verdicts.allSatisfy { $0 == .fine })
    }

    @Test func `a flood of settings is punished, some are not`() {
        #expect(verdicts(20, every: .milliseconds(1)) { $0.settings($1) }.allSatisfy { $0 == .fine })
        #expect(verdicts(21, every: .milliseconds(1)) { $0.settings($1) }.last == .tooMuch("too_many_settings"))
    }

    @Test func `rapid resets are punished, a burst is not`() {
        #expect(verdicts(500, every: .nanoseconds(0)) { $0.reset($1) }.allSatisfy { $0 == .fine })
        #expect(verdicts(502, every: .nanoseconds(0)) { $0.reset($1) }.last == .tooMuch("too_many_resets"))
        #expect(verdicts(5000, every: .milliseconds(10)) { $0.reset($1) }.allSatisfy { $0 == .fine })
    }

    @Test func `a flood of idle frames is punished`() {
        #expect(verdicts(2001, every: .nanoseconds(1)) { $0.idleFrame($1) }.last == .tooMuch("too_many_idle_frames"))
    }
}

@Suite struct SubchannelStateTests {
    private let policy = BackoffPolicy(initial: .seconds(1), maximum: .seconds(4), multiplier: 2, jitter: 0.5)

    @Test func `failed attempts wait longer and longer, up to a limit`() {
        var state = SubchannelState(policy: policy)
        check(state.wanted(), is: .connect)
        check(state.wanted(), is: .nothing)
        var waits: [SubchannelState.Action] = []
        for _ in 0..<4 {
            waits.append(state.failed(random: 0))
            check(state.retryDue(), is: .connect)
        }
        #expect(waits == [1, 2, 4, 4].map { .connectAfter(.seconds($0)) })
    }

    @Test func `waits vary by their jitter`() {
        #expect(policy.delay(afterFailures: 1, random: 1) == .milliseconds(1500))
        #expect(policy.delay(afterFailures: 1, random: -1) == .milliseconds(500))
    }

    @Test func `a lost connection is replaced at once unless it was short-lived`() {
        var state = SubchannelState(policy: policy)
        _ = state.wanted()
        state.connected()
        #expect(state.phase == .ready)
        check(state.lost(lifetime: .seconds(60), random: 0), is: .connect)
        state.connected()
        check(state.lost(lifetime: .milliseconds(3), random: 0), is: .connectAfter(.seconds(1)))
    }

    @Test func `an unused connection is not replaced until wanted`() {
        var state = SubchannelState(policy: policy)
        _ = state.wanted()
        state.connected()
        state.idled()
        #expect(state.phase == .idle)
        check(state.wanted(), is: .connect)
    }

    @Test func `an ended subchannel does nothing`() {
        var state = SubchannelState(policy: policy)
        _ = state.wanted()
        state.end()
        check(state.failed(random: 0), is: .nothing)
        check(state.wanted(), is: .nothing)
        check(state.retryDue(), is: .nothing)
    }
}
