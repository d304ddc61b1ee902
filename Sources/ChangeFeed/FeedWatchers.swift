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
        let id: UInt64? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.lastID += 1
            state.watchers[state.lastID] = continuation
            if let position = state.position { continuation.yield(.begins(position)) }
            return state.lastID
        }
        guard let id else {
            continuation.finish(throwing: ChangeFeedError.closed)
            return signals
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.watchers[id] = nil }
        }
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
    private func tell(_ signals: [FeedSignal], _ update: (inout State) -> Void) {
        let tooSlow = state.withLock { state in
            update(&state)
            let tooSlow = state.watchers.filter { watcher in !signals.allSatisfy(watcher.value.takes) }
            for id in tooSlow.keys { state.watchers[id] = nil }
            return tooSlow.values
        }
        // Outside the lock, which their termination takes.
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

extension AsyncThrowingStream.Continuation {
    /// Whether there was room for the element.
    fileprivate func takes(_ element: Element) -> Bool where Element: Sendable {
        if case .dropped = yield(element) { return false }
        return true
    }
}
