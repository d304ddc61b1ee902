internal import GRPCCore
internal import Synchronization

/// The parts of a stream on their way from its loop to the one task that reads them, on whatever thread.
final class Inbox<Part: Sendable>: Sendable {
    private let state = Mutex(InboxState<Part>())

    /// Octets on the wire of the parts not taken yet.
    var keptBytes: Int { state.withLock { $0.keptBytes } }

    /// Hands over a part; gives the octets that were taken at once.
    func push(_ part: Part, bytes: Int) -> Int {
        switch state.withLock({ $0.arrive(part, bytes: bytes) }) {
        case .kept: return 0
        case .wakes(let waiter):
            waiter.resume(returning: part)
            return bytes
        case .dropped: return bytes
        }
    }

    func finish() {
        state.withLock { $0.finish() }?.resume(returning: nil)
    }

    /// Ends the stream for its reader with `error`, after the parts that wait or in their place.
    func fail(_ error: any Error, droppingParts: Bool) {
        state.withLock { $0.fail(error, droppingParts: droppingParts) }?.resume(throwing: error)
    }

    /// The next part, nil at the end; `onTake` learns how many octets of the stream's window it frees.
    ///
    /// Reads by two tasks at once are an error of the second.
    func next(onTake: (Int) -> Void) async throws -> Part? {
        switch state.withLock({ $0.take() }) {
        case .part(let part, let bytes):
            if bytes > 0 { onTake(bytes) }
            return part
        case .end: return nil
        case .failure(let error): throw error
        case .nothing: return try await waitForNext(onTake)
        }
    }

    private func waitForNext(_ onTake: (Int) -> Void) async throws -> Part? {
        try await withTaskCancellationHandler {
            // Unsafe: the state gives each continuation away exactly once.
            try await withUnsafeThrowingContinuation { continuation in
                register(continuation, onTake)
            }
        } onCancel: {
            state.withLock { $0.takeWaiter() }?.resume(throwing: CancellationError())
        }
    }

    private func register(_ continuation: InboxState<Part>.Waiter, _ onTake: (Int) -> Void) {
        let isCancelled = Task.isCancelled
        let taken: InboxState<Part>.Taken? = state.withLock { state in
            if isCancelled { return .failure(CancellationError()) }
            let taken = state.take()
            guard case .nothing = taken else { return taken }
            guard state.wait(continuation) else {
                return .failure(RPCError(code: .internalError, message: "two tasks read one stream"))
            }
            return nil
        }
        switch taken {
        case nil: break
        case .part(let part, let bytes):
            if bytes > 0 { onTake(bytes) }
            continuation.resume(returning: part)
        case .end, .nothing: continuation.resume(returning: nil)
        case .failure(let error): continuation.resume(throwing: error)
        }
    }
}
