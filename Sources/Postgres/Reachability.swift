internal import Synchronization

/// How many connections are open: with none the server counts as away.
///
/// Read from any thread.
final class Reachability: Sendable {
    private let open = Atomic(0)

    var isReachable: Bool { open.load(ordering: .relaxed) > 0 }

    func reached() { open.add(1, ordering: .relaxed) }
    func lost() { open.subtract(1, ordering: .relaxed) }
}
