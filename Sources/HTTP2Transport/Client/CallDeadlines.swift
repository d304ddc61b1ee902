internal import NIOCore

/// The calls of one loop that must have ended by some time.
///
/// One timer serves them all: it is set for the earliest end there is and looks around when it goes off, so that a call
/// that ends in time costs it nothing. Confined to the loop.
final class CallDeadlines {
    private let executor: EventLoopTaskExecutor
    private var calls: [ClientStream] = []
    private var timer: (end: NIODeadline, scheduled: Scheduled<Void>)?

    init(executor: EventLoopTaskExecutor) {
        self.executor = executor
    }

    /// Watches a call that has a deadline; once is enough.
    func add(_ call: ClientStream) {
        guard let deadline = call.deadline, call.deadlineSlot < 0 else { return }
        call.deadlineSlot = calls.count
        calls.append(call)
        if let timer {
            guard deadline < timer.end else { return }
            timer.scheduled.cancel()
        }
        wait(until: deadline)
    }

    /// Lets go of a call that has ended.
    func remove(_ call: ClientStream) {
        let slot = call.deadlineSlot
        guard slot >= 0 else { return }
        call.deadlineSlot = -1
        let last = calls.removeLast()
        guard last !== call else { return }
        calls[slot] = last
        last.deadlineSlot = slot
    }

    private func wait(until end: NIODeadline) {
        let scheduled = executor.eventLoop.assumeIsolated().scheduleTask(deadline: end) { [weak self] in
            guard let self else { return }
            executor.inTurn { self.lookAround() }
        }
        timer = (end, scheduled)
    }

    private func lookAround() {
        timer = nil
        let now = NIODeadline.now()
        for call in calls where call.deadline.map({ $0 <= now }) ?? false { call.expire() }
        if let next = calls.lazy.compactMap(\.deadline).min() { wait(until: next) }
    }
}
