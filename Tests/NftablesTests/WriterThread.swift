import Dispatch
import Synchronization

/// Work on another thread, such as someone else's changes.
final class WriterThread: Sendable {
    private let failure = Mutex<(any Error)?>(nil)

    /// Why it ended early; nil when it did not, or has not ended.
    var error: (any Error)? { failure.withLock { $0 } }

    init(_ work: @escaping @Sendable () throws -> Void) {
        DispatchQueue.global().async {
            do {
                try work()
            } catch {
                self.failure.withLock { $0 = error }
            }
        }
    }
}
