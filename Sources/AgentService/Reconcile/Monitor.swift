internal import Glibc

/// A value that threads change under a lock and wait for, where a thread must block: those that work on the kernel.
final class Monitor<State>: @unchecked Sendable {
    // Sendable: the state is only touched under the lock, and `pthread` objects are made for many threads.
    private var state: State
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    /// What a thread that looks at the state finds.
    enum Finding<Result> {
        case ready(Result)
        /// Look again after a change, or at this moment at the latest.
        case wait(until: ContinuousClock.Instant?)
    }

    init(_ state: State) {
        self.state = state
        lock = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Changes the state and wakes all who wait for it.
    func update<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        let result = body(&state)
        pthread_cond_broadcast(changed)
        return result
    }

    /// Changes the state in a way that nobody waits for.
    ///
    /// Waking threads that find nothing to do costs more than most changes.
    func updateQuietly<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }

    /// Wakes all who wait for a change.
    func wake() { pthread_cond_broadcast(changed) }

    /// Looks at the state until it is as wanted; blocks the thread meanwhile.
    func wait<Result>(_ body: (inout State) -> Finding<Result>) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            switch body(&state) {
            case .ready(let result): return result
            case .wait(nil): pthread_cond_wait(changed, lock)
            case .wait(let moment?): wait(for: moment - .now)
            }
        }
    }

    private func wait(for duration: Duration) {
        let (seconds, attoseconds) = max(duration, .zero).components
        var moment = timespec()
        clock_gettime(CLOCK_MONOTONIC, &moment)
        moment.tv_nsec += Int(attoseconds / 1_000_000_000)
        moment.tv_sec += Int(seconds) + moment.tv_nsec / 1_000_000_000
        moment.tv_nsec %= 1_000_000_000
        pthread_cond_timedwait(changed, lock, &moment)
    }
}
