internal import Synchronization

/// What the tail tells a watcher.
enum FeedSignal: Sendable {
    /// The tail stands here: what comes is after it.
    case begins(FeedPosition)
    case entry(FeedEntry)
    case progress(FeedPosition)
}

/// All who watch the feed in this process.
final class FeedWatchers: Sendable {
    typealias Signals = AsyncThrowingStream<FeedSignal, any Error>

    private struct State {
        var position: FeedPosition?
        var watchers: [UInt64: Signals.Continuation] = [:]
        var lastID: UInt64 = 0
        var lastProgress = ContinuousClock.now
        var isClosed = false
    }

    /// How many signals may wait for a watcher before it counts as too slow.
    private static let capacity = 16_384

    private let state = Mutex(State())

    var position: FeedPosition? { state.withLock { $0.position } }

    /// A watcher's signals from this moment on.
    ///
    /// The first is where the tail stands, once it stands somewhere.
    func subscribe() -> Signals {
        let (signals, continuation) = Signals.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
        let isClosed = state.withLock { state in
            guard !state.isClosed else { return true }
            state.lastID += 1
            state.watchers[state.lastID] = continuation
            if let position = state.position { continuation.yield(.begins(position)) }
            return false
        }
        if isClosed { continuation.finish(throwing: ChangeFeedError.closed) }
        return signals
    }

    func begin(at position: FeedPosition) {
        tell([.begins(position)]) { $0.position = position }
    }

    /// Idle watchers hear of progress once a second, so that what they resume from is not old.
    func deliver(_ batch: FeedBatch) {
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            let isDue = !batch.entries.isEmpty || state.lastProgress.duration(to: now) >= .seconds(1)
            if isDue { state.lastProgress = now }
            return isDue
        }
        let progress: [FeedSignal] = isDue ? [.progress(batch.position)] : []
        tell(batch.entries.map { .entry($0) } + progress) { $0.position = batch.position }
    }

    /// Signals and the new position become visible together: a new watcher gets exactly what comes after.
    ///
    /// This resumes tasks under the lock, so that no handler of a task's cancellation may take it: who has left is
    /// found out here, by the next signal.
    private func tell(_ signals: [FeedSignal], _ update: (inout State) -> Void) {
        let tooSlow = state.withLock { state in
            update(&state)
            var tooSlow: [Signals.Continuation] = []
            for (id, watcher) in state.watchers {
                switch watcher.takes(signals) {
                case .all: continue
                case .some: tooSlow.append(watcher)
                case .none: break
                }
                state.watchers[id] = nil
            }
            return tooSlow
        }
        for watcher in tooSlow { watcher.finish(throwing: ChangeFeedError.fellBehind) }
    }

    /// The next look begins at what is then the end.
    func forgetPosition() {
        state.withLock { $0.position = nil }
    }

    /// Ends all watches; after `.closed` there are no new ones.
    func finish(_ error: ChangeFeedError) {
        let all = state.withLock { state in
            defer { state.watchers = [:] }
            if error == .closed { state.isClosed = true }
            return Array(state.watchers.values)
        }
        for watcher in all { watcher.finish(throwing: error) }
    }
}

private enum Taken {
    case all
    /// There was no room for more.
    case some
    /// Nobody listens any more.
    case none
}

extension FeedWatchers.Signals.Continuation {
    fileprivate func takes(_ signals: [FeedSignal]) -> Taken {
        for signal in signals {
            switch yield(signal) {
            case .enqueued: continue
            case .terminated: return .none
            default: return .some
            }
        }
        return .all
    }
}
