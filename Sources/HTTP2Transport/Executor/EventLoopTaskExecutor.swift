public import NIOCore
internal import Synchronization

/// Runs Swift tasks on one NIO event loop, in the same turn in which the loop reads and writes its sockets.
///
/// A task with this executor as preference (`Task(executorPreference:)`, `withTaskExecutorPreference`) runs beside the
/// loop's connections: calls it makes over a transport of that loop change no thread. What runs here must not block.
/// There is one executor for a loop, however often it is asked for; it lives as long as the process.
public final class EventLoopTaskExecutor: TaskExecutor, @unchecked Sendable {
    // @unchecked: `turn` is touched only on the loop's thread, everything else is immutable or behind a mutex.

    /// The loop whose thread runs the jobs.
    public let eventLoop: any EventLoop

    private var turn = Turn()
    private let remote = Mutex(RemoteQueue())

    private init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// The executor of `eventLoop`.
    public static func of(_ eventLoop: any EventLoop) -> EventLoopTaskExecutor {
        registry.withLock { executors in
            let key = ObjectIdentifier(eventLoop)
            if let known = executors[key] { return known }
            let made = EventLoopTaskExecutor(eventLoop: eventLoop)
            executors[key] = made
            return made
        }
    }

    /// Takes a job of a task; called by the Swift runtime from any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if eventLoop.inEventLoop {
            turn.jobs.append(job)
            scheduleTurn()
        } else if remote.withLock({ $0.append(job) }) {
            eventLoop.execute { self.inTurn {} }
        }
    }

    /// Runs `body` on the loop, then every job it made ready, then flushes what they wrote.
    ///
    /// Called on the loop only; within a turn it just runs `body`.
    func inTurn(_ body: () -> Void) {
        guard !turn.isOpen else { return body() }
        turn.isOpen = true
        body()
        settle()
        turn.isOpen = false
    }

    /// Asks for `connection.flush()` at the end of this turn; called on the loop only.
    func flushLater(_ connection: any TurnFlushing) {
        turn.unflushed.append(connection)
        scheduleTurn()
    }

    /// Runs `body` in a turn of the loop: now when called on it, soon otherwise.
    func perform(_ body: @escaping @Sendable () -> Void) {
        if eventLoop.inEventLoop {
            inTurn(body)
        } else {
            eventLoop.execute { self.inTurn(body) }
        }
    }

    private func scheduleTurn() {
        guard !turn.isOpen, !turn.isScheduled else { return }
        turn.isScheduled = true
        eventLoop.execute { self.inTurn {} }
    }

    /// A turn runs this many jobs at most, so that tasks which make one another ready cannot starve the sockets.
    private static let jobsPerTurn = 4096

    private func settle() {
        turn.isScheduled = false
        turn.jobs.append(contentsOf: remote.withLock { $0.take() })
        var left = Self.jobsPerTurn
        while !turn.jobs.isEmpty || !turn.unflushed.isEmpty {
            while !turn.jobs.isEmpty, left > 0 {
                left -= turn.jobs.count
                let jobs = turn.takeJobs()
                for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
                turn.reuse(jobs)
            }
            let connections = turn.takeUnflushed()
            for connection in connections { connection.flush() }
            turn.reuse(connections)
            if left <= 0, !turn.jobs.isEmpty { break }
        }
        guard !turn.jobs.isEmpty else { return }
        turn.isScheduled = true
        eventLoop.execute { self.inTurn {} }
    }

    /// Kept for good: tasks hold their executor unowned, and a process has as few of them as it has loops.
    private static let registry = Mutex<[ObjectIdentifier: EventLoopTaskExecutor]>([:])
}

/// A connection that gathers what tasks write and sends it once, at the end of a turn.
protocol TurnFlushing: AnyObject {
    func flush()
}

/// What happens between two waits of a loop.
private struct Turn {
    var jobs: [UnownedJob] = []
    var unflushed: [any TurnFlushing] = []
    var isOpen = false
    var isScheduled = false

    // Room that an earlier batch took, so that a turn allocates none.
    private var jobsRoom: [UnownedJob] = []
    private var unflushedRoom: [any TurnFlushing] = []

    init() {}

    mutating func takeJobs() -> [UnownedJob] {
        defer { swap(&jobs, &jobsRoom) }
        defer { jobs = [] }
        return jobs
    }

    mutating func takeUnflushed() -> [any TurnFlushing] {
        defer { swap(&unflushed, &unflushedRoom) }
        defer { unflushed = [] }
        return unflushed
    }

    mutating func reuse(_ done: consuming [UnownedJob]) {
        done.removeAll(keepingCapacity: true)
        jobsRoom = done
    }

    mutating func reuse(_ done: consuming [any TurnFlushing]) {
        done.removeAll(keepingCapacity: true)
        unflushedRoom = done
    }
}

/// Jobs made ready on other threads.
private struct RemoteQueue {
    private var jobs: [UnownedJob] = []

    /// Whether the loop must be woken for it.
    mutating func append(_ job: UnownedJob) -> Bool {
        jobs.append(job)
        return jobs.count == 1
    }

    mutating func take() -> [UnownedJob] {
        guard !jobs.isEmpty else { return [] }
        defer { jobs = [] }
        return jobs
    }
}
