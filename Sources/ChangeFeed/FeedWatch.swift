internal import Postgres

/// What a watcher hears.
public enum FeedEvent: Hashable, Sendable {
    /// An object has changed. Its position is where to resume after it.
    case entry(FeedEntry)
    /// Everything up to here has been told.
    case progress(FeedPosition)
}

/// The changes after a position, in order, without end.
///
/// First come those that are in the table already, then those that the tail reads. Throws ``ChangeFeedError``.
public struct FeedWatch: AsyncSequence, Sendable {
    private let store: FeedStore
    private let signals: FeedWatchers.Signals
    private let start: FeedPosition?

    init(store: FeedStore, subscription: FeedWatchers.Signals, from position: FeedPosition?) {
        self.store = store
        signals = subscription
        start = position
    }

    /// Begins to read.
    ///
    /// There can be only one iterator.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(store: store, signals: signals.makeAsyncIterator(), reached: start)
    }

    /// Goes through the changes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private static let batch = 1000

        private let store: FeedStore
        private var signals: FeedWatchers.Signals.AsyncIterator
        /// All up to here has been told.
        private var reached: FeedPosition?
        /// Where the tail's signals begin, and the table's part of the watch ends.
        private var end: FeedPosition?
        /// The table was asked whether it still has, and ever had, the position to begin at.
        private var isChecked = false
        private var fetched: ArraySlice<FeedEntry> = []
        private var fetchedTo: FeedPosition?

        fileprivate init(store: FeedStore, signals: FeedWatchers.Signals.AsyncIterator, reached: FeedPosition?) {
            self.store = store
            self.signals = signals
            self.reached = reached
        }

        /// The next event; nil only when the task is cancelled.
        ///
        /// - Throws: ``ChangeFeedError``. After `.compacted` and `.fellBehind` the whole state has to be read anew;
        ///   after the others, watch again from the last position.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ChangeFeedError) -> FeedEvent? {
            while true {
                if let entry = fetched.popFirst() {
                    reached = entry.position
                    return .entry(entry)
                }
                if let position = fetchedTo {
                    fetchedTo = nil
                    reached = position
                    return .progress(position)
                }
                if let end, let reached, !isChecked || reached < end {
                    isChecked = true
                    try await fetch(after: reached, upTo: Swift.max(reached, end))
                } else {
                    guard let signal = try await signal(isolation: actor) else { return nil }
                    if let event = accept(signal) { return event }
                }
            }
        }

        private mutating func signal(
            isolation actor: isolated (any Actor)?
        ) async throws(ChangeFeedError) -> FeedSignal? {
            do {
                return try await signals.next(isolation: actor)
            } catch {
                throw (error as? ChangeFeedError) ?? .closed
            }
        }

        private mutating func fetch(
            after position: FeedPosition,
            upTo end: FeedPosition
        ) async throws(ChangeFeedError) {
            let batch = try await store.read(after: position, upTo: end, limit: Self.batch)
            fetched = batch.entries[...]
            // Also when nothing was missed: who resumes has to learn that it is up to date.
            if !batch.isFull { fetchedTo = end }
        }

        /// What the watcher is told of a signal: nothing it has seen.
        private mutating func accept(_ signal: FeedSignal) -> FeedEvent? {
            switch signal {
            case .begins(let position):
                end = position
                if reached == nil { (reached, isChecked) = (position, true) }
                return nil
            case .entry(let entry):
                guard let seen = reached, entry.position > seen else { return nil }
                reached = entry.position
                return .entry(entry)
            case .progress(let position):
                guard let seen = reached, position > seen else { return nil }
                reached = position
                return .progress(position)
            }
        }
    }
}
