/// What arrives on a channel.
///
/// Notifications are hints: after each time the connection was away, and once when listening has begun,
/// ``Element/mayHaveMissed`` says to look for oneself.
public struct Notifications: AsyncSequence, Sendable {
    /// One thing to react to.
    public enum Element: Hashable, Sendable {
        /// Somebody sent a NOTIFY.
        case notified(Notification)
        /// Listening has just begun (anew), or the listener was too slow: something may have been missed.
        case mayHaveMissed
    }

    let stream: AsyncStream<Element>

    /// Waits for what comes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var base: AsyncStream<Element>.AsyncIterator

        /// The next thing to react to; nil when the task is cancelled or the database closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            await base.next(isolation: actor)
        }
    }

    /// Begins to wait.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: stream.makeAsyncIterator())
    }
}
