internal import Logging
internal import ResourceModel
internal import ServiceLifecycle
internal import ServiceRuntime
internal import Synchronization

/// Tells the owner of some objects what became of them on this node, many at a time, until it is told.
final class StatusReporter: Service {
    /// The most reports of one call.
    static let batchLimit = 500

    private let state = Mutex(State())
    private let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>
    private let logger: Logger
    private let send: @Sendable ([ObjectReport]) async throws -> Void

    private struct State {
        var pending = PendingReports()
        /// Whether it will look for reports anyway.
        var isAwake = false

        mutating func wake() -> Bool {
            defer { isAwake = true }
            return !isAwake
        }

        mutating func take() -> [ObjectReport] {
            let batch = pending.take(atMost: StatusReporter.batchLimit)
            if batch.isEmpty { isAwake = false }
            return batch
        }
    }

    /// A reporter that sends reports by this call; reports that it throws for are sent again.
    init(logger: Logger, send: @escaping @Sendable ([ObjectReport]) async throws -> Void) {
        self.logger = logger
        self.send = send
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reports, soon and in no order.
    func report(_ reports: [ObjectReport]) {
        let mustWake = state.withLock { state in
            for report in reports { state.pending.add(report) }
            return state.wake()
        }
        if mustWake { wake.yield() }
    }

    /// Reports everything anew.
    func repeatAll() {
        let mustWake = state.withLock { state in
            state.pending.repeatAll()
            return state.wake()
        }
        if mustWake { wake.yield() }
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
            // What comes in a burst is told in one call.
            try? await Task.sleep(for: .milliseconds(1))
            while !Task.isCancelled {
                let batch = state.withLock { $0.take() }
                guard !batch.isEmpty else { break }
                do {
                    try await send(batch)
                    state.withLock { $0.pending.acknowledge() }
                    backoff.reset()
                } catch {
                    state.withLock { $0.pending.giveBack() }
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
