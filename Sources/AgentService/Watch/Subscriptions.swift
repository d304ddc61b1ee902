internal import ResourceModel
internal import Synchronization

/// The routers whose addresses are to be watched, whether there is a stream at present or not.
final class Subscriptions: Sendable {
    /// A change of the set.
    enum Change: Hashable, Sendable {
        case subscribe(RouterID)
        case unsubscribe(RouterID)
    }

    private struct State {
        var wanted: Set<RouterID> = []
        var stream: AsyncStream<Change>.Continuation?
    }

    private let state = Mutex(State())

    /// Changes the set, and tells the stream if there is one.
    func apply(_ change: Change) {
        state.withLock { state in
            switch change {
            case .subscribe(let id): state.wanted.insert(id)
            case .unsubscribe(let id): state.wanted.remove(id)
            }
            state.stream?.yield(change)
        }
    }

    /// Everything that a new stream must ask for: what is wanted now, then each change.
    ///
    /// An earlier stream gets no more.
    func open() -> AsyncStream<Change> {
        let (stream, continuation) = AsyncStream.makeStream(of: Change.self)
        state.withLock { state in
            state.stream?.finish()
            for id in state.wanted.sorted() { continuation.yield(.subscribe(id)) }
            state.stream = continuation
        }
        return stream
    }
}
