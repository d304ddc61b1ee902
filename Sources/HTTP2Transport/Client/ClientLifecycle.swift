/// Where a client transport is.
///
/// A value; the transport keeps it behind a mutex.
struct ClientLifecycle<Waiter> {
    private enum Phase { case idle, running, stopping }

    private var phase = Phase.idle
    private var stopWaiter: Waiter?

    var isStopping: Bool { phase == .stopping }

    /// Begins to connect; false where it was begun before or stopped already.
    mutating func begin() -> Bool {
        guard phase == .idle else { return false }
        phase = .running
        return true
    }

    /// Registers who waits to be told to stop; false where that has been said.
    mutating func waitForStop(_ waiter: Waiter) -> Bool {
        guard phase != .stopping else { return false }
        stopWaiter = waiter
        return true
    }

    /// Stops; gives whom to tell.
    mutating func stop() -> Waiter? {
        phase = .stopping
        defer { stopWaiter = nil }
        return stopWaiter
    }
}
