internal import GRPCCore
internal import Synchronization

/// The parts of a stream on their way from the tasks that write them to its loop.
final class Outbox: Sendable {
    private let state = Mutex(OutboxState())

    /// Queued octets above which a writer waits; it goes on below half of them.
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// What a write asks of its writer.
    struct Written {
        /// The loop must be told, which it has not been yet.
        var announces: Bool
        /// The writer must wait for room.
        var isFull: Bool
    }

    func write(_ change: (inout OutboxState) throws(RPCError) -> Void) throws(RPCError) -> Written {
        try state.withLock { state throws(RPCError) in
            try change(&state)
            return Written(announces: state.announce(), isFull: state.isFull(limit: limit))
        }
    }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    func nextStep() -> OutboxState.Step {
        state.withLock { $0.nextStep() }
    }

    func read(into target: UnsafeMutableRawBufferPointer) -> OutboxState.Read {
        let (read, waiters) = state.withLock { state in
            let read = state.read(into: target)
            return (read, state.takeWaiters(ifBelow: limit / 2))
        }
        for waiter in waiters { waiter.resume() }
        return read
    }

    /// Ends the stream with `tail` in place of what was not sent.
    func override(_ tail: OutboxState.Tail) {
        for waiter in state.withLock({ $0.override(tail) }) { waiter.resume() }
    }

    /// Refuses all further writes; writers that wait fail with `error`.
    func close(_ error: RPCError) {
        for waiter in state.withLock({ $0.close(error) }) { waiter.resume(throwing: error) }
    }

    /// Waits until a part of what was written has been sent.
    func waitForRoom() async throws {
        let id = state.withLock { $0.newWaiterID() }
        try await withTaskCancellationHandler {
            // Unsafe: the state gives each continuation away exactly once.
            try await withUnsafeThrowingContinuation { continuation in
                let isCancelled = Task.isCancelled
                let waits = state.withLock { !isCancelled && $0.wait(continuation, id: id, limit: limit) }
                guard !waits else { return }
                isCancelled ? continuation.resume(throwing: CancellationError()) : continuation.resume()
            }
        } onCancel: {
            state.withLock { $0.takeWaiter(id) }?.resume(throwing: CancellationError())
        }
    }
}
