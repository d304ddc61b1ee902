internal import Logging
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime
internal import Synchronization

/// Tells the owner of some objects what became of them on this node, many at a time, until it is told.
final class StatusReporter: Service {
    /// The most reports of one call.
    static let batchLimit = 500

    private let pending = Mutex(PendingReports())
    private let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>
    private let logger: Logger
    private let send: @Sendable ([ObjectReport]) async throws -> Void

    /// A reporter that sends reports by this call; reports that it throws for are sent again.
    init(logger: Logger, send: @escaping @Sendable ([ObjectReport]) async throws -> Void) {
        self.logger = logger
        self.send = send
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reports, soon and in no order.
    func report(_ reports: [ObjectReport]) {
        pending.withLock { pending in
            for report in reports { pending.add(report) }
        }
        wake.yield()
    }

    /// Reports everything anew.
    func repeatAll() {
        pending.withLock { $0.repeatAll() }
        wake.yield()
    }

    /// Sends until graceful shutdown.
    func run() async {
        await cancelWhenGracefulShutdown {
            await CurrentRequest.$context.withValue(.service(named: "agent")) { await self.sendAll() }
        }
    }

    private func sendAll() async {
        var backoff = Backoff()
        for await _ in wakes {
            while !Task.isCancelled {
                let batch = pending.withLock { $0.take(atMost: Self.batchLimit) }
                guard !batch.isEmpty else { break }
                do {
                    try await send(batch)
                    pending.withLock { $0.acknowledge() }
                    backoff.reset()
                } catch {
                    pending.withLock { $0.giveBack() }
                    logger.debug(
                        "status reports not taken, will be sent again",
                        metadata: Telemetry.failure(error, of: "status")
                    )
                    try? await Task.sleep(for: backoff.nextDelay())
                }
            }
        }
    }
}
