internal import Logging
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime
internal import Synchronization

/// Brings the kernel to what the control plane wants, and tells what came of it.
///
/// Occurrences come from the watches and from the threads that work on the kernel, and are taken in one by one, by the
/// threads that bring them. Ending it changes nothing in the kernel.
final class Reconciler: Sendable {
    /// How many threads work on the kernel: it lets one at a time change devices, so more would only wait.
    static let threadCount = 2

    private let kernel: RouterKernel
    private let state: Mutex<ReconcileState>
    private let queue = WorkQueue()
    private let pace = Mutex(RepairPace())
    private let subscriptions: Subscriptions
    private let record: NodeRecord
    private let routers: StatusReporter
    private let addresses: StatusReporter
    private let health: HealthReporter
    private let metrics: AgentMetrics
    private let logger: Logger

    /// The parts of the agent that a reconciler speaks to.
    struct Parts {
        var kernel: RouterKernel
        var layout: NodeLayout
        var subscriptions: Subscriptions
        var record: NodeRecord
        var routers: StatusReporter
        var addresses: StatusReporter
        var health: HealthReporter
        var metrics: AgentMetrics
        var logger: Logger
    }

    init(_ parts: Parts) {
        kernel = parts.kernel
        subscriptions = parts.subscriptions
        record = parts.record
        routers = parts.routers
        addresses = parts.addresses
        state = Mutex(ReconcileState(layout: parts.layout))
        health = parts.health
        metrics = parts.metrics
        logger = parts.logger
    }

    /// Takes in an occurrence.
    ///
    /// A change of single floating IPs is carried out by the caller when nothing else is being done: it takes some 20 µs,
    /// as much as waking a thread for it. All else is left to the threads.
    func take(_ occurrence: Occurrence) {
        // What follows from occurrences is asked for in their order, hence under the lock.
        let claimed = state.withLock { state -> Job? in
            var claimed: Job?
            for action in state.handle(occurrence) {
                if let job = perform(action) { claimed = job }
            }
            return claimed
        }
        if let claimed { carryOut(claimed) }
    }

    /// Performs an action, or returns the job that the caller is to carry out.
    private func perform(_ action: ReconcileState.Action) -> Job? {
        switch action {
        case .watch(let change): subscriptions.apply(change)
        case .work(let job):
            if case .adjust = job, queue.claim(job) { return job }
            queue.submit(job)
        case .workLater(let job): queue.postpone(job)
        case .doubt(let router, let atOnce):
            kernel.doubt(router.id)
            if atOnce {
                queue.submit(.verify(router))
            } else {
                queue.postpone(.verify(router), by: pace.withLock { $0.delay(for: router.id, at: .now) })
            }
        case .reportRouters(let reports): routers.report(reports)
        case .reportAddresses(let reports): addresses.report(reports)
        case .load(let load): record.set(load)
        case .complain(let id, let reason):
            logger.warning(
                "router is not as wanted, will be tried again",
                metadata: [Telemetry.router: "\(id)", Telemetry.reason: "\(reason)"]
            )
        case .relief(let id):
            logger.info("router is as wanted again", metadata: [Telemetry.router: "\(id)"])
        case .ready:
            logger.info("in step with the control plane", metadata: [Telemetry.count: "\(record.load.routers)"])
            health.set(.serving)
        }
        return nil
    }
}

extension Reconciler {
    /// The threads that work on the kernel.
    var threads: ThreadService {
        ThreadService(name: "settler", count: Self.threadCount) { [self] in
            while let job = queue.next() { carryOut(job) }
        } stop: { [self] in
            queue.close()
        }
    }

    private func carryOut(_ job: Job) {
        switch job {
        case .settle(let desired):
            finish(job.key) { kernel.settle(desired, trustingMemory: true) }
        case .verify(let desired):
            metrics.noteDoubt()
            finish(job.key) { kernel.verify(desired) }
        case .adjust(let adjustment):
            let outcome = kernel.adjust(adjustment)
            queue.finish(job.key, succeeded: true)
            take(.adjusted(outcome))
        case .sweep(let wanted):
            do throws(AgentError) {
                let finding = try kernel.sweep(sparing: wanted)
                queue.finish(job.key, succeeded: true)
                take(.swept(finding))
            } catch {
                logger.warning(
                    "unwanted remains not looked for, will be tried again",
                    metadata: [Telemetry.reason: "\(error)"]
                )
                queue.finish(job.key, succeeded: true)
                take(.swept(SweepFinding(routers: [], isComplete: false)))
            }
        }
    }

    private func finish(_ key: Job.Key, _ work: () -> RouterOutcome) {
        let start = ContinuousClock.now
        let outcome = work()
        metrics.note(outcome, took: .now - start)
        note(outcome)
        queue.finish(key, succeeded: outcome.isComplete)
        take(.settled(outcome))
    }

    private func note(_ outcome: RouterOutcome) {
        guard outcome.repairs.isEmpty else { return noteRepair(outcome) }
        guard case .settled(let problems, let changes, _) = outcome.result, changes > 0 else { return }
        logger.info(
            problems == nil ? "router removed" : "router settled",
            metadata: [Telemetry.router: "\(outcome.desired.id)", Telemetry.changes: "\(changes)"]
        )
    }
}

extension Reconciler {
    /// How many differences a log line names.
    private static let namedFindings = 8

    private func noteRepair(_ outcome: RouterOutcome) {
        let findings = outcome.repairs
        pace.withLock { $0.repaired(outcome.desired.id, at: .now) }
        logger.warning(
            "router was changed by others and put right",
            metadata: [
                Telemetry.router: "\(outcome.desired.id)", Telemetry.count: "\(findings.count)",
                Telemetry.found: .array(findings.prefix(Self.namedFindings).map { "\($0)" }),
            ]
        )
    }
}

/// Makes the reconciler look, at intervals, whether all is still as it should be.
struct RepairTimer: Service {
    let interval: Duration
    let reconciler: Reconciler

    /// Ticks until graceful shutdown.
    func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil { reconciler.take(.repairDue) }
        }
    }
}
