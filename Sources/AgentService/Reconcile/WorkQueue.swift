internal import ResourceModel

/// The schedule as the threads share it.
final class WorkQueue: Sendable {
    private let state = Monitor(State())

    private struct State {
        var schedule = WorkSchedule()
        var isClosed = false
    }

    /// Asks for work.
    func submit(_ job: Job) { state.update { $0.schedule.submit(job) } }

    /// Begins a job in the caller's name, if nothing else is being done; it must finish the job then.
    ///
    /// A small change takes less time than waking a thread for it.
    func claim(_ job: Job) -> Bool {
        state.updateQuietly { !$0.isClosed && $0.schedule.claim(job) }
    }

    /// Asks for work that must not begin before a time is over.
    func postpone(_ job: Job, by delay: Duration = .milliseconds(500)) {
        state.update { $0.schedule.postpone(job, until: .now + delay) }
    }

    /// Gives out no more jobs; those that run are finished.
    func close() { state.update { $0.isClosed = true } }

    /// The next job, which the caller must finish; nil when closed.
    ///
    /// Blocks until there is one.
    func next() -> Job? {
        state.wait { state in
            if state.isClosed { return .ready(nil) }
            switch state.schedule.next(at: .now) {
            case .run(let job): return .ready(job)
            case .wait(let moment): return .wait(until: moment)
            }
        }
    }

    /// A job was carried out, or is to be tried again.
    func finish(_ key: Job.Key, succeeded: Bool) {
        let hasWork = state.updateQuietly { $0.schedule.finish(key, succeeded: succeeded, at: .now) }
        if hasWork { state.wake() }
    }
}
