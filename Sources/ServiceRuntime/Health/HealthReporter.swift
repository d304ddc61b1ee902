internal import Synchronization

/// Whether the program is ready; those who watch are told of each change.
///
/// A program starts as not serving and says when it is ready (its database migrated, its port open).
public final class HealthReporter: Sendable {
    /// The states a program can be in.
    public enum Status: Sendable {
        /// Calls are answered.
        case serving
        /// Not yet, or not any more, ready for calls.
        case notServing
    }

    private struct State {
        var status = Status.notServing
        var watchers: [Int: AsyncStream<Status>.Continuation] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())

    /// A reporter of a program that is not ready yet.
    public init() {}

    /// The present state.
    public var status: Status { state.withLock(\.status) }

    /// The program changed its state.
    public func set(_ status: Status) {
        state.withLock { state in
            guard state.status != status else { return }
            state.status = status
            for watcher in state.watchers.values { watcher.yield(status) }
        }
    }

    /// The present state at once, then each change; only the newest is kept for a slow reader.
    public func changes() -> AsyncStream<Status> {
        let (stream, continuation) = AsyncStream.makeStream(of: Status.self, bufferingPolicy: .bufferingNewest(1))
        let key = state.withLock { state in
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = continuation
            continuation.yield(state.status)
            return state.nextWatcher
        }
        continuation.onTermination = { [weak self] _ in
            // Not here: a cancelled task is locked meanwhile, and `set` resumes tasks under the lock.
            Task { self?.state.withLock { _ = $0.watchers.removeValue(forKey: key) } }
        }
        return stream
    }
}
