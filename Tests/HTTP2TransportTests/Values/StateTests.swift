import GRPCCore
import Testing

@testable import HTTP2Transport

@Suite struct ServerCallStateTests {
    @Test func `a request runs from headers over messages to its end`() {
        var state = ServerCallState()
        #expect(!state.takesData)
        check(state.headersEnded(endsStream: false), is: .open(isLast: false))
        #expect(state.takesData)
        check(state.dataEnded(), is: true)
        #expect(!state.takesData)
    }

    @Test func `trailers end a request`() {
        var state = ServerCallState()
        _ = state.headersEnded(endsStream: false)
        check(state.headersEnded(endsStream: true), is: .end)
        check(state.dataEnded(), is: false)
    }

    @Test func `a settled call takes no more messages and is settled once`() {
        var state = ServerCallState()
        _ = state.headersEnded(endsStream: false)
        check(state.settle(), is: true)
        check(state.settle(), is: false)
        #expect(!state.takesData)
        check(state.dataEnded(), is: false)
    }

    @Test func `a closed call cannot be settled and closes once`() {
        var state = ServerCallState()
        check(state.close(), is: true)
        check(state.close(), is: false)
        check(state.settle(), is: false)
    }
}

@Suite struct ClientCallStateTests {
    @Test func `an answer runs from head over messages to trailers`() {
        var state = ClientCallState()
        check(state.headersEnded(endsStream: false, isInformational: true), is: .ignore)
        check(state.headersEnded(endsStream: false, isInformational: false), is: .head)
        #expect(state.takesData)
        check(state.headersEnded(endsStream: true, isInformational: false), is: .trailers(isOnlyOne: false))
        #expect(state.hasEnded)
        check(state.end(), is: false)
    }

    @Test func `an answer may be trailers alone`() {
        var state = ClientCallState()
        check(state.headersEnded(endsStream: true, isInformational: false), is: .trailers(isOnlyOne: true))
    }

    @Test func `a second head is a fault`() {
        var state = ClientCallState()
        _ = state.headersEnded(endsStream: false, isInformational: false)
        check(state.headersEnded(endsStream: false, isInformational: false), is: .fault)
    }
}

@Suite struct OutboxStateTests {
    private func read(_ state: inout OutboxState, _ size: Int = 100) -> (octets: [UInt8], isLast: Bool)? {
        var room = [UInt8](repeating: 0, count: size)
        switch room.withUnsafeMutableBytes({ state.read(into: $0) }) {
        case .octets(let count): return (Array(room[..<count]), false)
        case .last(let count, _): return (Array(room[..<count]), true)
        case .deferred: return nil
        }
    }

    @Test func `a status alone is the whole answer`() throws {
        var state = OutboxState()
        try state.finish(.trailers(Status(code: .notFound, message: ""), [:]))
        guard case .whole(let status, _) = state.nextStep() else { return #expect(Bool(false)) }
        #expect(status.code == .notFound)
        #expect(state.isFinished)
    }

    @Test func `messages wait for the head and the last is marked`() throws {
        var state = OutboxState()
        try state.append([1])
        guard case .head(let metadata) = state.nextStep() else { return #expect(Bool(false)) }
        #expect(metadata.isEmpty)
        try state.finish(.endOfStream)
        let got = read(&state)
        #expect(got?.octets == [0, 0, 0, 0, 1, 1])
        #expect(got?.isLast == true)
    }

    @Test func `a stream found empty is resumed by the next message`() throws {
        var state = OutboxState()
        try state.open([:])
        _ = state.nextStep()
        #expect(read(&state) == nil)
        guard case .nothing = state.nextStep() else { return #expect(Bool(false)) }
        try state.append([1])
        guard case .resume = state.nextStep() else { return #expect(Bool(false)) }
    }

    @Test func `metadata may be written once and nothing after the end`() throws {
        var state = OutboxState()
        try state.open([:])
        #expect(throws: RPCError.self) { try state.open([:]) }
        try state.finish(.endOfStream)
        #expect(throws: RPCError.self) { try state.append([1]) }
    }

    @Test func `an override leaves out what was not sent`() throws {
        var state = OutboxState()
        try state.append([1])
        _ = state.override(.trailers(Status(code: .aborted, message: ""), [:]))
        guard case .whole(let status, _) = state.nextStep() else { return #expect(Bool(false)) }
        #expect(status.code == .aborted)
    }

    @Test func `the loop is told once until it looks`() {
        var state = OutboxState()
        check(state.announce(), is: true)
        check(state.announce(), is: false)
        _ = state.nextStep()
        check(state.announce(), is: true)
    }

    @Test func `a closed outbox refuses with its error`() throws {
        var state = OutboxState()
        _ = state.close(RPCError(code: .cancelled, message: "gone"))
        let error = #expect(throws: RPCError.self) { try state.append([1]) }
        #expect(error?.message == "gone")
    }

    @Test func `a queue above its limit is full`() throws {
        var state = OutboxState()
        try state.append([UInt8](repeating: 0, count: 10))
        #expect(state.isFull(limit: 14))
        #expect(!state.isFull(limit: 15))
    }
}

@Suite struct InboxStateTests {
    @Test func `parts are taken in order, then the end`() {
        var state = InboxState<Int>()
        for number in 0..<200 { _ = state.arrive(number, bytes: 2) }
        #expect(state.keptBytes == 400)
        _ = state.finish()
        for number in 0..<200 {
            guard case .part(number, bytes: 2) = state.take() else { return #expect(Bool(false)) }
        }
        #expect(state.keptBytes == 0)
        guard case .end = state.take() else { return #expect(Bool(false)) }
    }

    @Test func `a failure comes after the parts, or in their place`() {
        for drops in [true, false] {
            var state = InboxState<Int>()
            _ = state.arrive(1, bytes: 1)
            _ = state.fail(CancellationError(), droppingParts: drops)
            if !drops { guard case .part = state.take() else { return #expect(Bool(false)) } }
            guard case .failure = state.take() else { return #expect(Bool(false)) }
            guard case .dropped = state.arrive(2, bytes: 1) else { return #expect(Bool(false)) }
        }
    }
}

@Suite struct CreditTests {
    @Test func `octets are given back at once until too many are held`() {
        var credit = ConnectionCredit(limit: 100)
        check(credit.received(60), is: 60)
        check(credit.received(60), is: 0)
        #expect(credit.withheld == 60)
        check(credit.released(30), is: 10)
        check(credit.released(90), is: 50)
        #expect(credit.held == 0)
        #expect(credit.withheld == 0)
    }

    @Test func `a connection can hold one message of the largest size`() {
        var credit = ConnectionCredit(limit: 100)
        credit.makeRoom(forMessageOf: 1000)
        check(credit.received(1000), is: 1000)
        credit.makeRoom(forMessageOf: .max)
        #expect(credit.limit == .max)
    }

    @Test func `a stream's window is owed for whole messages only`() {
        var window = ReceiveWindow()
        window.received(100)
        check(window.release(keeping: 30), is: 70)
        check(window.release(keeping: 30), is: 0)
        check(window.release(keeping: 0), is: 30)
    }

    @Test func `octets taken on other threads gather`() {
        let away = AwayCredit(threshold: 10)
        check(away.add(9), is: false)
        check(away.add(1), is: true)
        check(away.add(5), is: false)
        check(away.take(), is: 15)
    }
}

@Suite struct LifecycleTests {
    private final class Member {}

    @Test func `a server ends when its socket and members are gone`() {
        var state = ServerLifecycle<Member, Int>()
        let member = Member()
        check(state.begin(), is: true)
        check(state.begin(), is: false)
        check(state.add(member, limit: 1), is: true)
        check(state.add(Member(), limit: 1), is: false)
        check(state.wait(7), is: true)
        guard case .members(let told) = state.drain() else { return #expect(Bool(false)) }
        #expect(told.count == 1)
        check(state.add(Member(), limit: 5), is: false)
        check(state.socketClosed(), is: nil)
        check(state.remove(member), is: 7)
        check(state.wait(8), is: false)
    }

    @Test func `a server told to stop before it began does not begin`() {
        var state = ServerLifecycle<Member, Int>()
        _ = state.drain()
        check(state.begin(), is: false)
    }

    @Test func `a client stops once`() {
        var state = ClientLifecycle<Int>()
        check(state.begin(), is: true)
        check(state.waitForStop(3), is: true)
        check(state.stop(), is: 3)
        check(state.stop(), is: nil)
        #expect(state.isStopping)
        check(state.waitForStop(4), is: false)
    }
}
