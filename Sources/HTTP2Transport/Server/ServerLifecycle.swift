/// Where a listening transport is.
///
/// A value; the listener keeps it behind a mutex.
struct ServerLifecycle<Member: AnyObject, Waiter> {
    private enum Phase {
        case idle
        case listening
        case draining
        case aborting
        case ended
    }

    /// What is left to do for a request to stop.
    enum Stop {
        case nothing
        /// Stop listening, and let each member know.
        case members([Member])
    }

    private var phase = Phase.idle
    private var members: [ObjectIdentifier: Member] = [:]
    private var isSocketOpen = false
    private var endWaiter: Waiter?

    var memberCount: Int { members.count }

    /// Whether the transport was asked to stop.
    var isStopping: Bool {
        switch phase {
        case .idle, .listening: false
        case .draining, .aborting, .ended: true
        }
    }

    /// Begins to listen; false where it was begun before or stopped already.
    mutating func begin() -> Bool {
        guard phase == .idle else { return false }
        phase = .listening
        isSocketOpen = true
        return true
    }

    /// Takes a member in; false where it came too late or there are `limit` of them.
    mutating func add(_ member: Member, limit: Int) -> Bool {
        guard phase == .listening, members.count < limit else { return false }
        members[ObjectIdentifier(member)] = member
        return true
    }

    /// Takes a member out; gives whom to tell if that was the end.
    mutating func remove(_ member: Member) -> Waiter? {
        members[ObjectIdentifier(member)] = nil
        return endIfDone()
    }

    /// The listening socket is closed; gives whom to tell if that was the end.
    mutating func socketClosed() -> Waiter? {
        isSocketOpen = false
        if phase == .listening { phase = .draining }
        return endIfDone()
    }

    mutating func drain() -> Stop {
        switch phase {
        case .idle:
            phase = .ended
            return .nothing
        case .listening:
            phase = .draining
            return .members(Array(members.values))
        case .draining, .aborting, .ended: return .nothing
        }
    }

    mutating func abort() -> Stop {
        switch phase {
        case .idle:
            phase = .ended
            return .nothing
        case .listening, .draining:
            phase = .aborting
            return .members(Array(members.values))
        case .aborting, .ended: return .nothing
        }
    }

    /// Registers who waits for the end; false where it has come.
    mutating func wait(_ waiter: Waiter) -> Bool {
        guard phase != .ended else { return false }
        endWaiter = waiter
        return true
    }

    private mutating func endIfDone() -> Waiter? {
        guard phase == .draining || phase == .aborting, !isSocketOpen, members.isEmpty else { return nil }
        phase = .ended
        defer { endWaiter = nil }
        return endWaiter
    }
}
