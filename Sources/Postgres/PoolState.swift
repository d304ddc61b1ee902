/// Who has which connection and who waits: the pool's decisions, without any connection being touched.
///
/// Invariant: someone waits only while every connection is taken or still opening.
struct PoolState<Member: AnyObject, Waiter> {
    /// What is to be done next.
    enum Action {
        case grant(Member, Waiter)
        case open
        case discard(Member)
        case none
    }

    let limit: Int
    private(set) var idle: [Member] = []
    private(set) var taken = 0
    private(set) var opening = 0
    private var waiting = Fifo<Waiter>()

    init(limit: Int) {
        self.limit = limit
    }

    var total: Int { idle.count + taken + opening }
    var waitingCount: Int { waiting.count }

    /// Someone asks for a connection.
    mutating func acquire(_ waiter: Waiter) -> Action {
        if let member = idle.popLast() {
            taken += 1
            return .grant(member, waiter)
        }
        waiting.append(waiter)
        return openIfUseful()
    }

    /// A connection that was opening is open.
    mutating func opened(_ member: Member) -> Action {
        opening -= 1
        return settle(member)
    }

    /// A taken connection comes back; one that is not as new is of no more use.
    mutating func release(_ member: Member, isClean: Bool) -> [Action] {
        taken -= 1
        if isClean { return [settle(member)] }
        return [.discard(member), openIfUseful()]
    }

    /// An idle connection broke.
    mutating func lost(_ member: Member) -> Action {
        idle.removeAll { $0 === member }
        return openIfUseful()
    }

    /// Takes those out of the line who wait no longer.
    mutating func removeWaiters(where predicate: (Waiter) -> Bool) -> [Waiter] {
        waiting.removeAll(where: predicate)
    }

    mutating func removeIdle() -> [Member] {
        defer { idle = [] }
        return idle
    }

    /// One connection is kept open even when nobody asks, so that it is known whether the server is there.
    mutating func openIfUseful() -> Action {
        guard total < limit, opening < waiting.count || total == 0 else { return .none }
        opening += 1
        return .open
    }

    private mutating func settle(_ member: Member) -> Action {
        if let waiter = waiting.popFirst() {
            taken += 1
            return .grant(member, waiter)
        }
        idle.append(member)
        return .none
    }
}
