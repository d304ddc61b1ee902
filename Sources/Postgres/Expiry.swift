/// One timer for a line of waiting callers: due when the first of them gives up.
///
/// It is over when it was due; whoever waits on is to be included again.
final class Expiry {
    private let loop: EventLoop
    private let due: () -> Void
    private var next: (deadline: MonotonicTime, timer: TimerQueue.ID)?

    init(loop: EventLoop, due: @escaping () -> Void) {
        self.loop = loop
        self.due = due
    }

    /// Makes sure to be due at the deadline.
    func include(_ deadline: MonotonicTime) {
        if let next {
            guard deadline < next.deadline else { return }
            loop.cancel(next.timer)
        }
        let wait = deadline.elapsed(since: MonotonicTime.now)
        let timer = loop.schedule(after: wait) { [weak self] in
            self?.next = nil
            self?.due()
        }
        next = (deadline, timer)
    }
}
