internal import Logging
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime

/// Brings the kernel to what the control plane wants, and tells what came of it.
///
/// Occurrences come from the watches and from the threads that work on the kernel, and are taken in one by one. Ending
/// it changes nothing in the kernel.
final class Reconciler: Service {
    /// How many threads work on the kernel: it lets one at a time change devices, so more would only wait.
    static let threadCount = 2

    private let kernel: RouterKernel
    private let queue = WorkQueue()
    private let subscriptions: Subscriptions
    private let record: NodeRecord
    private let routers: StatusReporter
    private let addresses: StatusReporter
    private let layout: NodeLayout
    private let health: HealthReporter
    private let logger: Logger
    private let occurrences: AsyncStream<Occurrence>
    private let occurred: AsyncStream<Occurrence>.Continuation

    /// The parts of the agent that a reconciler speaks to.
    struct Parts {
        var kernel: RouterKernel
        var layout: NodeLayout
        var subscriptions: Subscriptions
        var record: NodeRecord
        var routers: StatusReporter
        var addresses: StatusReporter
        var health: HealthReporter
        var logger: Logger
    }

    init(_ parts: Parts) {
        kernel = parts.kernel
        layout = parts.layout
        subscriptions = parts.subscriptions
        record = parts.record
        routers = parts.routers
        addresses = parts.addresses
        health = parts.health
        logger = parts.logger
        (occurrences, occurred) = AsyncStream.makeStream()
    }

    /// Takes in an occurrence.
    func take(_ occurrence: Occurrence) { occurred.yield(occurrence) }

    /// Takes in occurrences until graceful shutdown.
    func run() async {
        await cancelWhenGracefulShutdown {
            var state = ReconcileState(layout: self.layout)
            for await occurrence in self.occurrences {
                for action in state.handle(occurrence) { self.perform(action) }
            }
        }
    }

    private func perform(_ action: ReconcileState.Action) {
        switch action {
        case .watch(let change): subscriptions.apply(change)
        case .work(let job): queue.submit(job)
        case .workLater(let job): queue.postpone(job)
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
            let outcome = kernel.settle(desired)
            note(outcome)
            queue.finish(job.key, succeeded: outcome.isComplete)
            take(.settled(outcome))
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

    private func note(_ outcome: RouterOutcome) {
        guard case .settled(let problems, let changes, _) = outcome.result, changes > 0 else { return }
        logger.info(
            problems == nil ? "router removed" : "router settled",
            metadata: [Telemetry.router: "\(outcome.desired.id)", Telemetry.changes: "\(changes)"]
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
