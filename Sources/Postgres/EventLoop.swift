internal import CPostgres
internal import Glibc
internal import Synchronization

/// Something that waits for a file descriptor.
///
/// Called on the loop's thread only.
protocol EventHandler: AnyObject {
    func ready()
}

/// What a handler waits for.
enum Readiness {
    case reading, writing, both

    fileprivate var events: UInt32 {
        switch self {
        case .reading: EPOLLIN.rawValue
        case .writing: EPOLLOUT.rawValue
        case .both: EPOLLIN.rawValue | EPOLLOUT.rawValue
        }
    }
}

/// One thread that waits for all sockets of a database, runs what others hand it, and keeps its timers.
///
/// Sendable: everything but the inbox, which has a lock, is touched on the loop's own thread only.
final class EventLoop: @unchecked Sendable {
    private struct Inbox {
        var jobs: [@Sendable () -> Void] = []
        var isSignalled = false
        var isStopped = false
    }

    private struct Watch {
        let handler: any EventHandler
        let generation: UInt32
    }

    private let poller: CInt
    private let alarm: CInt
    private let inbox = Mutex(Inbox())
    private var watches: [CInt: Watch] = [:]
    private var generation: UInt32 = 0
    private var timers = TimerQueue()
    private var endOfTurn: [() -> Void] = []
    private(set) var now = MonotonicTime.now

    init() {
        poller = epoll_create1(CInt(EPOLL_CLOEXEC))
        alarm = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
        precondition(poller >= 0 && alarm >= 0, "no file descriptors left for an event loop")
        control(EPOLL_CTL_ADD, alarm, events: EPOLLIN.rawValue, generation: 0)
        Thread.start { self.run() }
    }

    deinit {
        close(alarm)
        close(poller)
    }

    /// Hands work to the loop's thread.
    ///
    /// False when the loop has stopped: the work will never run.
    func execute(_ job: @escaping @Sendable () -> Void) -> Bool {
        let (accepted, wake) = inbox.withLock { inbox in
            guard !inbox.isStopped else { return (false, false) }
            inbox.jobs.append(job)
            defer { inbox.isSignalled = true }
            return (true, !inbox.isSignalled)
        }
        if wake { eventfd_write(alarm, 1) }
        return accepted
    }

    /// Ends the loop after the turn it is in.
    ///
    /// Work handed over before still runs.
    func stop() {
        inbox.withLock { $0.isStopped = true }
        eventfd_write(alarm, 1)
    }

    /// Calls the handler when the descriptor can be read, or written.
    ///
    /// As all that follows, to be called on the loop's thread only.
    func watch(_ descriptor: CInt, for readiness: Readiness, handler: any EventHandler) {
        generation &+= 1
        let known = watches.updateValue(Watch(handler: handler, generation: generation), forKey: descriptor) != nil
        control(known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, events: readiness.events, generation: generation)
    }

    /// Forgets the descriptor, which may be closed already, unless it is somebody else's by now.
    func unwatch(_ descriptor: CInt, handler: any EventHandler) {
        guard watches[descriptor]?.handler === handler else { return }
        watches[descriptor] = nil
        control(EPOLL_CTL_DEL, descriptor, events: 0, generation: 0)
    }

    /// Runs the work after the delay, unless its timer is cancelled before.
    @discardableResult
    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerQueue.ID {
        timers.add(at: MonotonicTime.now + delay, work)
    }

    func cancel(_ timer: TimerQueue.ID) {
        timers.cancel(timer)
    }

    /// Runs the work once, when everything else of this turn is done.
    func atEndOfTurn(_ work: @escaping () -> Void) {
        endOfTurn.append(work)
    }

    /// An event carries the registration's generation, so that one for a closed descriptor meets no namesake.
    private func control(_ operation: CInt, _ descriptor: CInt, events: UInt32, generation: UInt32) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        let result = epoll_ctl(poller, operation, descriptor, &event)
        // A descriptor that libpq closed is gone from the kernel's list; a new one may bear its number.
        if result < 0, operation == EPOLL_CTL_MOD { epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) }
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(poller, &events, CInt(events.count), timers.waitMilliseconds(now: MonotonicTime.now))
            now = MonotonicTime.now
            for index in 0..<max(0, Int(count)) { dispatch(events[index].data.u64) }
            let isStopped = runInbox()
            for work in timers.takeDue(now: now) { work() }
            finishTurn()
            if isStopped { return }
        }
    }

    private func dispatch(_ token: UInt64) {
        let descriptor = CInt(bitPattern: UInt32(truncatingIfNeeded: token))
        if descriptor == alarm {
            // Before the inbox is emptied: whoever fills it after that rings again.
            var count: eventfd_t = 0
            eventfd_read(alarm, &count)
            return
        }
        guard let watch = watches[descriptor], watch.generation == UInt32(token >> 32) else { return }
        watch.handler.ready()
    }

    /// Runs what others handed over, and says whether the loop ends.
    private func runInbox() -> Bool {
        let (jobs, isStopped) = inbox.withLock { inbox in
            defer { inbox.jobs = [] }
            inbox.isSignalled = false
            return (inbox.jobs, inbox.isStopped)
        }
        for job in jobs { job() }
        return isStopped
    }

    private func finishTurn() {
        while !endOfTurn.isEmpty {
            let works = endOfTurn
            endOfTurn.removeAll(keepingCapacity: true)
            for work in works { work() }
        }
    }
}
