internal import Synchronization

/// Whether the server answered when it was last spoken to.
///
/// Read from any thread.
final class Reachability: Sendable {
    private let state = Atomic(false)

    var isReachable: Bool { state.load(ordering: .relaxed) }

    func reached() { state.store(true, ordering: .relaxed) }
    func lost() { state.store(false, ordering: .relaxed) }
}
