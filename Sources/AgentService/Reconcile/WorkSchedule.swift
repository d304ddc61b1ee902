internal import ResourceModel
internal import ServiceRuntime

/// One piece of work on the kernel.
enum Job: Hashable, Sendable {
    /// Bring the kernel to what is wanted of a router, from what the agent knows to be there.
    indirect case settle(DesiredRouter)
    /// The same where it was done before, from what is there: what is different now, others changed.
    indirect case verify(DesiredRouter)
    /// Bring the kernel to what is wanted of some floating IPs of a router.
    case adjust(AddressAdjustment)
    /// Look for what is ours in the kernel and nobody wants; these routers and bridges are wanted.
    case sweep(Wanted)

    /// What a sweep must leave alone.
    struct Wanted: Hashable, Sendable {
        var routers: Set<RouterID>
        var bridges: Set<String>
    }

    /// What may not be worked on twice at a time.
    enum Key: Hashable, Sendable {
        case router(RouterID)
        case sweep
    }

    var key: Key {
        switch self {
        case .settle(let router), .verify(let router): .router(router.id)
        case .adjust(let adjustment): .router(adjustment.router)
        case .sweep: .sweep
        }
    }
}

extension Job {
    /// This job, which was not carried out, and a newer one of its key, as one.
    ///
    /// What was not carried out yet is no repair: a router in doubt is read all the same, since its memory is gone.
    func followed(by newer: Job) -> Job {
        switch (self, newer) {
        case (.settle(let desired), .adjust(let adjustment)), (.verify(let desired), .adjust(let adjustment)):
            .settle(desired.adjusted(by: adjustment))
        case (.adjust(let older), .adjust(let adjustment)): .adjust(older.followed(by: adjustment))
        case (.settle, .verify(let desired)), (.adjust, .verify(let desired)): .settle(desired)
        default: newer
        }
    }
}

/// Whose turn it is: a router is worked on by one thread at a time, in the order of asking; what failed is tried again
/// after a wait that grows, and never dropped.
///
/// A newer job of a key joins one that waits, and waits while an older one runs.
struct WorkSchedule: Sendable {
    typealias Instant = ContinuousClock.Instant

    private var jobs: [Job.Key: Job] = [:]
    private var queue = Queue()
    private var running: [Job.Key: Job] = [:]
    private var due: [Job.Key: Instant] = [:]
    private var backoffs: [Job.Key: Backoff] = [:]

    /// What a thread that asks for work is to do.
    enum Turn: Hashable, Sendable {
        case run(Job)
        /// Nothing before this moment; nil: nothing until there is a new job.
        case wait(until: Instant?)
    }

    /// Whether nothing runs, waits for its turn or waits to be tried again.
    var isIdle: Bool { jobs.isEmpty && running.isEmpty }

    /// Asks for work.
    ///
    /// A job that waits to be tried again is tried at once, in its new form.
    mutating func submit(_ job: Job) {
        let key = job.key
        let waiting = jobs[key]
        let isQueued = waiting != nil && due[key] == nil
        jobs[key] = waiting?.followed(by: job) ?? job
        due[key] = nil
        if !isQueued, running[key] == nil { queue.append(key) }
    }

    /// Begins a job at once, if nothing is being done and nothing waits for its turn; it then counts as running.
    mutating func claim(_ job: Job) -> Bool {
        guard running.isEmpty, queue.isEmpty, jobs[job.key] == nil else { return false }
        running[job.key] = job
        return true
    }

    /// Asks for work that must not begin before a moment, unless there is work of its key already.
    mutating func postpone(_ job: Job, until moment: Instant) {
        guard jobs[job.key] == nil else { return }
        jobs[job.key] = job
        due[job.key] = moment
    }

    /// The next job, which counts as running from now on.
    mutating func next(at now: Instant) -> Turn {
        for (key, moment) in due where moment <= now && running[key] == nil {
            due[key] = nil
            queue.append(key)
        }
        guard let key = queue.popFirst(), let job = jobs.removeValue(forKey: key) else {
            // What waits for a running job is looked at again when that is finished.
            return .wait(until: due.filter { running[$0.key] == nil }.values.min())
        }
        jobs.releaseRoomIfEmpty()
        running[key] = job
        return .run(job)
    }

    /// A job was carried out, or failed and is to be tried again.
    ///
    /// Returns whether there is work that waited for this.
    @discardableResult mutating func finish(_ key: Job.Key, succeeded: Bool, at now: Instant) -> Bool {
        guard let job = running.removeValue(forKey: key) else { return false }
        if succeeded { backoffs[key] = nil }
        if let newer = jobs[key] {
            if !succeeded {
                jobs[key] = job.followed(by: newer)
                // Doubt about what fails is no reason to try it sooner: our own attempts may give rise to it.
                if let moment = due[key] { due[key] = max(moment, now + nextDelay(of: key)) }
            }
            if due[key] == nil { queue.append(key) }
            return true
        }
        guard !succeeded else { return false }
        jobs[key] = job
        due[key] = now + nextDelay(of: key)
        return true
    }

    private mutating func nextDelay(of key: Job.Key) -> Duration {
        backoffs[key, default: Self.firstBackoff].nextDelay()
    }

    private static var firstBackoff: Backoff { Backoff(first: .milliseconds(100), longest: .seconds(30)) }

    /// Keys in the order of asking.
    private struct Queue: Sendable {
        private var keys: [Job.Key] = []
        private var head = 0

        var isEmpty: Bool { head == keys.count }

        mutating func append(_ key: Job.Key) { keys.append(key) }

        mutating func popFirst() -> Job.Key? {
            guard head < keys.count else { return nil }
            defer {
                head += 1
                if head == keys.count || head > 1024 {
                    keys.removeFirst(head)
                    head = 0
                    // Thousands wait at the agent's start: what room they took is given back.
                    if keys.isEmpty, keys.capacity > 1024 { keys = [] }
                }
            }
            return keys[head]
        }
    }
}
