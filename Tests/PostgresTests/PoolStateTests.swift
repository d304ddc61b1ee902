import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    private final class Member {}
    private typealias State = PoolState<Member, Int>

    private func isOpen(_ action: State.Action) -> Bool {
        if case .open = action { true } else { false }
    }

    private func granted(_ action: State.Action) -> Int? {
        if case .grant(_, let waiter) = action { waiter } else { nil }
    }

    @Test func `no more are opened than the limit, and no more than are wanted`() {
        var state = State(limit: 2)
        #expect(isOpen(state.acquire(1)))
        #expect(isOpen(state.acquire(2)))
        #expect(!isOpen(state.acquire(3)))
        #expect(granted(state.opened(Member())) == 1)
        #expect(granted(state.opened(Member())) == 2)
        #expect(state.total == 2 && state.waitingCount == 1)
    }

    @Test func `who waits longest gets what comes back`() {
        var state = State(limit: 1)
        _ = state.acquire(1)
        let member = Member()
        #expect(granted(state.opened(member)) == 1)
        _ = state.acquire(2)
        _ = state.acquire(3)
        #expect(state.release(member, isClean: true).compactMap(granted) == [2])
        #expect(state.release(member, isClean: true).compactMap(granted) == [3])
        #expect(state.release(member, isClean: true).compactMap(granted) == [])
        #expect(state.idle.count == 1)
    }

    @Test func `a broken one is replaced when someone waits`() {
        var state = State(limit: 1)
        _ = state.acquire(1)
        let member = Member()
        _ = state.opened(member)
        _ = state.acquire(2)
        #expect(state.release(member, isClean: false).contains(where: isOpen))
        #expect(granted(state.opened(Member())) == 2)
    }

    @Test func `an idle one that broke is replaced when it was the last`() {
        var state = State(limit: 3)
        #expect(isOpen(state.openIfUseful()))
        let member = Member()
        _ = state.opened(member)
        #expect(isOpen(state.lost(member)))
        #expect(!isOpen(state.openIfUseful()))
    }
}
